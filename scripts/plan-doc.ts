/**
 * docs/plan.md: every setting of a plan, from its schema and texts. `npm run plan-doc` writes it; a test fails if it is outdated.
 */
import { DESCRIBED_LEAVES, type DescribedLeaf } from '@shared/plan/fields'
import { rangeWords } from '@shared/plan/range'
import { SETTING_GROUPS } from '@shared/schemas/plan/setting'

const code = (text: string) => `\`${text}\``
/** Escapes the text of a table cell. */
const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function defaultOf({ leaf }: DescribedLeaf): string {
  if (leaf.default === undefined) return ''
  return code(typeof leaf.default === 'string' ? leaf.default : JSON.stringify(leaf.default))
}

function allowed({ leaf, options, unit }: DescribedLeaf): string {
  const range = rangeWords(leaf)
  const choices = leaf.options.map((option) => {
    const words = options?.[option]
    return words ? `${code(option)} ${words}` : code(option)
  })
  const types: Partial<Record<typeof leaf.type, string>> = {
    boolean: 'true or false',
    columns: 'role to column',
    texts: 'list of texts',
  }
  const type = types[leaf.type] ?? 'text'
  const what = choices.length > 0 ? choices.join('; ') : (range ?? type)
  return unit ? `${what} (${unit})` : what
}

function row(setting: DescribedLeaf): string {
  const { leaf, label, symbol, aliases, what, advice } = setting
  const path = leaf.variant === null ? code(leaf.path) : `${code(leaf.path)} (${leaf.variant})`
  const name = symbol ? `${label}, ${symbol}` : label
  const cells = [path, name, defaultOf(setting), allowed(setting), what, advice, aliases.map(code).join(' ')]
  return `| ${cells.map(cell).join(' | ')} |`
}

const HEAD = ['Path', 'Setting', 'Default', 'Allowed', 'What it does', 'What to try', 'Other tools call it']

function section(group: string): string[] {
  const settings = DESCRIBED_LEAVES.filter((setting) => setting.group === group)
  return [`## ${group}`, '', `| ${HEAD.join(' | ')} |`, `|${' --- |'.repeat(HEAD.length)}`, ...settings.map(row), '']
}

/** The whole page. */
export const planDocument = (): string =>
  [
    '# The settings of a plan',
    '',
    'Written by `npm run plan-doc` from the schema and its texts (`src/shared/schemas/plan/`): change them there. A path is the key in a plan file and',
    'in `--set PATH=VALUE`. A kind in brackets means that only this kind of objective, adaptation or verifier has the setting.',
    '',
    ...Object.keys(SETTING_GROUPS).flatMap(section),
  ].join('\n')
