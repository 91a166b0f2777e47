/** Answers in words. They are compared as words, never multiplied out as products of letters. */

const SMALL = new Set(
  `yes no odd even tea eat ate true false up down left right none all both one two six ten red blue he she it we on in at to of if is are be do so
  not any max min mon tue wed thu fri sat sun am pm nan inf undefined never always dne ii iii iv vi vii viii ix east west north south`.split(
    /\s+/,
  ),
)
const COMMANDS = /\\text\{([^{}]*)\}|\\(?:begin|end)\{\w+\}|\\[a-zA-Z]+\s?/g

/** Runs of letters outside commands, with the contents of `\text{}`. */
const runsOf = (text: string): string[] => text.replace(COMMANDS, ' $1 ').match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? []

const hasWordInText = (text: string): boolean => /\\text\{[^{}]*\p{L}{2}[^{}]*\}/u.test(text)
const isPureRun = (text: string): boolean => /^\{?\p{L}[\p{L}\p{M}\s'’.-]*\}?$/u.test(text)
/** Letters that are variables more often than words. */
const isProduct = (run: string): boolean =>
  run.length < 4 && (/^[a-d]+$/.test(run) || !/[aeiouy]/i.test(run) || /^[xyz]+$/.test(run))

/** Functions that are also written without a backslash. */
const FUNCTIONS =
  /^(?:arc)?(?:sin|cos|tan|cot|sec|csc|sqrt|log|ln|exp|pi|gcd|lcm|max|min|abs|sinh|cosh|tanh|infinity|inf|cbrt)+$/i

const isWord = (run: string): boolean =>
  !FUNCTIONS.test(run) && (SMALL.has(run.toLowerCase()) ? run.length > 1 : run.length > 3)

/** Clock times and similar: digits that are not a quantity. */
const isClock = (text: string): boolean => /^\d{1,2}:\d{2}(?::\d{2})?/.test(text)

/** Texts that are always compared as words. */
export function isWords(text: string): boolean {
  if (isClock(text) || hasWordInText(text)) return true
  const isPlain = !/[=+^_\\/<>|]/.test(text)
  return (
    isPlain &&
    runsOf(text).some((run) => isWord(run)) &&
    (isPureRun(text) || !/^[\d(\\-]/.test(text) || /\p{L}{4}/u.test(text))
  )
}

/** A name such as AB, compared letter by letter with another one. */
export const isName = (text: string): boolean => isPureRun(text) && /\p{L}{2}/u.test(text) && !isProduct(text)

const HOURS = /\b(\d{1,2}):(\d{2})\s?([ap])\.?\s?m\.?/gi

/** The form in which answers in words are compared: without case, articles, punctuation or white space. */
export const wordsKey = (text: string): string =>
  text
    .replace(/\\text\{([^{}]*)\}/g, ' $1 ')
    .replace(/\\l(?:and|or) /g, (one) => (one === '\\land ' ? ' and ' : ' or '))
    .toLowerCase()
    .normalize('NFC')
    .replace(HOURS, (_, hour: string, minute: string, half: string) => `${hour}:${minute}${half}m`)
    .replace(/^[\s"'“”‘’({]*(?:the|an?)\s+/, '')
    .replace(/["'“”‘’.,;!?{}$*`]|\\[a-z]+(?![a-z])\s?(?=$)/g, '')
    .replace(/^\((.*)\)$/, '$1')
    .replace(/\s+|-/g, '')
