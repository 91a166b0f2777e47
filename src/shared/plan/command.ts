/** A plan as a command for a terminal. Pure. */
import { shellWord } from '../shell-word'
import type { DraftValue } from './draft'

/** The value as `--set` reads it: as JSON if a plain text would be read as another type. */
function settingValue(value: DraftValue): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  try {
    JSON.parse(value)
    return JSON.stringify(value) // so that "12" stays a text
  } catch {
    return value
  }
}

export interface Setting {
  readonly path: string
  readonly value: DraftValue
}

/** `gpo train` with a plan file; the file is what the page exports. */
export const fileCommand = (file: string): string => `npm run gpo -- train ${shellWord(file)}`

/** The same without a file at hand: an empty plan, and a flag for each setting that is not at its default. */
export function flagCommand(settings: readonly Setting[]): string {
  const flags = settings.map(({ path, value }) => `  --set ${shellWord(`${path}=${settingValue(value)}`)}`)
  return ["echo '{}' > plan.json", [fileCommand('plan.json'), ...flags].join(' \\\n')].join('\n')
}
