/** README's table of first models, from their data. `npm run plan-doc` writes it; a test fails if it is outdated. */
import { FIRST_MODELS, FIRST_RUN_WORDS, firstRunMemory } from '@shared/first-models'

const BEGIN = '<!-- first models: written by npm run plan-doc -->\n'
const END = '<!-- end of first models -->'

const size = (bytes: number): string =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`

const table = (): string =>
  [
    '| model | on disk | licence | memory, estimated | measured |',
    '|---|---|---|---|---|',
    ...FIRST_MODELS.map((model) => {
      const { label, id, license, isGated, bytes, measured } = model
      const terms = isGated ? `${license}, gated` : license
      const peak = measured === null ? 'no' : size(measured)
      return `| ${label} (\`${id}\`) | ${size(bytes)} | ${terms} | ${size(firstRunMemory(model))} | ${peak} |`
    }),
    '',
    `Memory is of ${FIRST_RUN_WORDS}.`,
    '',
  ].join('\n')

/** @returns the page with the table as it should be. @throws if the page has no place for it */
export function withFirstModels(page: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`README.md needs the lines ${BEGIN.trim()} and ${END}`)
  return page.slice(0, from + BEGIN.length) + table() + page.slice(to)
}
