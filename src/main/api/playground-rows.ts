/** Rows of data as prompts, with their templates applied. */
import { judgedBy } from '@main/library/datasets/judged'
import { suggestVerifier } from '@main/library/datasets/suggest-verifier'
import type { PlaygroundRows, RowSource } from '@shared/contract/playground'
import { readSource, resolveSource } from './row-sources'
import type { Services } from './services'

export interface RowRequest {
  readonly source: RowSource
  readonly offset: number
  readonly limit: number
  readonly text: string
}

/** @throws GpoError('data') for a dataset that cannot be read */
export async function playgroundRows(
  { store }: Services,
  { source, offset, limit, text }: RowRequest,
): Promise<PlaygroundRows> {
  const resolved = resolveSource(store, source)
  const { layout, examples } = await readSource(resolved)
  const wanted = text.toLowerCase()
  const found = wanted === '' ? examples : examples.filter(({ prompt }) => prompt.toLowerCase().includes(wanted))
  const verifier = resolved.verifier ?? suggestVerifier(layout, examples)
  const shown = found.slice(offset, offset + limit).map((example) => judgedBy(verifier, example))
  return {
    total: found.length,
    verifier,
    chatTemplate: resolved.chatTemplate,
    rows: shown.map(({ row, prompt, reference }) => ({
      row,
      prompt: resolved.template.replaceAll('{prompt}', () => prompt),
      reference,
    })),
  }
}
