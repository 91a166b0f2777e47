/** Removes from a text what identifies its author: the home folder, the user's and the machine's name, secrets. */

export interface Identity {
  readonly home: string
  readonly user: string
  readonly host: string
  /** Values known to be secret, from the environment. */
  readonly secrets: readonly string[]
}

const SECRET = '<secret>'

/** Patterns of keys and tokens, and words that precede them. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b(hf|gh[pousr]|github_pat|sk|xox[abprs]|glpat|npm)[-_][\w-]{10,}/g, SECRET],
  [/\bAKIA[0-9A-Z]{16}\b/g, SECRET],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]+/g, SECRET],
  [/\bgrant-[\w-]{20,}/g, SECRET],
  [/(:\/\/)[^\s/:@]+:[^\s/@]+@/g, `$1${SECRET}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${SECRET}`],
  [
    /\b([\w-]*(?:token|password|passwd|secret|api[-_]?key|authorization|cookie)["']?\s*[=:]\s*["']?)(?!bearer|basic|<secret>)[^\s"',;&}]{3,}/gi,
    `$1${SECRET}`,
  ],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, '<email>'],
]

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The name standing alone, whatever its case. */
const word = (name: string) => new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(name)}(?![\\p{L}\\p{N}_])`, 'giu')

/** A path as it may be written: with either separator, and with backslashes doubled as in JSON. */
const spellings = (path: string): readonly string[] => [
  ...new Set([path.replaceAll('\\', '\\\\'), path, path.replaceAll('\\', '/')]),
]

/** @param identity empty or one-letter names are not replaced: that would make the text unreadable */
export function redact(text: string, { home, user, host, secrets }: Identity): string {
  let out = text
  for (const secret of secrets) if (secret.length >= 8) out = out.replaceAll(secret, SECRET)
  for (const [pattern, replacement] of PATTERNS) out = out.replace(pattern, replacement)
  const folder = home.replace(/[/\\]+$/, '')
  if (folder.length > 1)
    for (const spelling of spellings(folder))
      out = out.replace(new RegExp(`${escaped(spelling)}(?![\\p{L}\\p{N}_.-])`, 'giu'), '~')
  const names = [...new Set([host, host.split('.')[0] ?? ''])]
  for (const name of names) if (name.length > 1) out = out.replace(word(name), '<host>')
  if (user.length > 1) out = out.replace(word(user), '<user>')
  return out
}

/** Values of environment variables whose names suggest secrets. */
export const secretsOf = (environment: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(environment).flatMap(([name, value]) =>
    value && /TOKEN|SECRET|PASSW|(^|_|API)KEYS?(_|$)|CREDENTIAL/i.test(name) ? [value] : [],
  )
