/** Sentences of a completion, from the last to the first, without parts that are never an answer. */

export interface Statement {
  readonly start: number
  readonly end: number
}

/** The end of a line, or of a sentence: a full stop has white space after it and is not a number's. */
const END = /\n+|[.!?](?=[*_"'”’)\]]{0,3}(?:\s|$))[*_"'”’)\]]*\s*|[。！？]/g

/** Positions in `text`, in order. A list's number is part of the sentence after it. */
export function statementsIn(text: string): Statement[] {
  const statements: Statement[] = []
  let start = 0
  const add = (end: number): void => {
    if (text.slice(start, end).trim()) statements.push({ start, end })
  }
  for (const match of text.matchAll(END)) {
    if (
      /^\s*(?:\d{1,3}|[a-zA-Z]|step \d+)$/i.test(text.slice(Math.max(start, match.index - 12), match.index)) &&
      match[0][0] === '.' &&
      /[ \t]$/.test(match[0])
    )
      continue
    add(match.index)
    start = match.index + match[0].length
  }
  add(text.length)
  return statements
}

/** True for a sentence about the answer that is not an answer itself: a check, a note, the number of steps. */
const ABOUT =
  /^[\s*_#>(-]*(?:(?:let(?:[’']s| me| us)|I(?:[’']ve| have)?|we(?:[’']ve| have)?|now|to)\s+)?(?:(?:double[- ]?)?check(?:ed|ing)?\b|verif(?:y|ied|ication|ying)\b|confirm(?:ed|ing)?\b|note\b|notes?:|remark\b|proof\b|explanation\b|reasoning\b|used\b|applied\b|this (?:took|uses|used|required|is because)\b|because\b|see\b|sources?\b|references?\b|hint\b|confidence\b|probe\b|hinweis\b|remarque\b|nota\b|vérification\b|проверка\b|примечание\b|验证|验算|注)/i

export const isAboutAnswer = (statement: string): boolean => ABOUT.test(statement)

const REFERENCE =
  /(?<![\p{L}\d])(?:steps?|parts?|cases?|equations?|eqs?\.?|rules?|figures?|fig\.?|questions?|problems?|lines?|rows?|sections?|chapters?|pages?|examples?|lemmas?|theorems?|items?|methods?|exercises?|tables?|notes?|attempts?|no\.|nr\.|schritte?|teil|fall|étapes?|partie|paso|parte|шаг|часть|步骤|第)\s{0,2}(?:#\s?)?[(（]?\d+(?:\.\d+)*(?:[)）]|\b)(?:(?:\s?(?:,|and|or|to|–|-)\s?)(?:step\s)?\(?\d+\)?)*/giu
const LIST_NUMBER = /(^|\n)([ \t>*_-]*)(?:\(?\d{1,3}[.)](?=[ \t]+\S)|\[\d{1,3}\])/g
const ASIDE =
  /[(（[](?:see|cf\.?|from|by|as in|as required|using|where|since|because|note|check|e\.g\.|i\.e\.|rounded|siehe|voir|véase)\b[^()（）\n]{0,200}[)）\]]/gi
const LINK = /\bhttps?:\/\/\S+/g

/** The text, of the same length, with blanks for numbers that only count or refer: those of lists, steps or asides. */
export function withoutPointers(text: string): string {
  const blank = (match: string): string => ' '.repeat(match.length)
  return text
    .replace(ASIDE, blank)
    .replace(REFERENCE, blank)
    .replace(LIST_NUMBER, (match, start: string) => start + ' '.repeat(match.length - start.length))
    .replace(LINK, blank)
}
