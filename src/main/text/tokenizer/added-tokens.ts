/**
 * Finds the tokens that were added to a vocabulary in a text, as the reference (`AddedVocabulary` of Hugging Face's tokenizers) does: the longest
 * of the leftmost; `single_word` ones only beside no letter, digit or mark; `lstrip` and `rstrip` take the blanks beside them along; `normalized`
 * ones are looked for after the text was normalised, the others before.
 */

export interface AddedToken {
  readonly id: number
  readonly content: string
  readonly isSingleWord: boolean
  readonly takesLeft: boolean
  readonly takesRight: boolean
  readonly isNormalized: boolean
}

/** A stretch of a text: an added token, or the text between two of them; `at` is where it starts, in UTF-16 units. */
export type Section =
  | { readonly kind: 'token'; readonly token: AddedToken }
  | { readonly kind: 'text'; readonly text: string; readonly at: number }

type Json = Readonly<Record<string, unknown>>

/** @param list `added_tokens` of a tokenizer.json, whose contents and ids were checked */
export const addedTokensOf = (list: readonly Json[]): AddedToken[] =>
  list.map((token) => ({
    id: token['id'] as number, // checked by `checkVocabulary`
    content: token['content'] as string,
    isSingleWord: token['single_word'] === true,
    takesLeft: token['lstrip'] === true,
    takesRight: token['rstrip'] === true,
    isNormalized: typeof token['normalized'] === 'boolean' ? token['normalized'] : token['special'] !== true,
  }))

interface Node {
  readonly next: Map<string, Node>
  token: AddedToken | null
}

const emptyNode = (): Node => ({ next: new Map(), token: null })

function treeOf(entries: readonly (readonly [text: string, token: AddedToken])[]): Node {
  const root = emptyNode()
  for (const [text, token] of entries) {
    let node = root
    for (let i = 0; i < text.length; i++) {
      const unit = text[i] ?? ''
      const child = node.next.get(unit) ?? emptyNode()
      node.next.set(unit, child)
      node = child
    }
    if (text !== '') node.token = token
  }
  return root
}

interface Match {
  readonly token: AddedToken
  readonly end: number
}

function longestAt(root: Node, text: string, start: number): Match | null {
  let found: Match | null = null
  let node: Node | undefined = root
  for (let end = start; node; end++) {
    if (node.token) found = { token: node.token, end }
    node = end < text.length ? node.next.get(text[end] ?? '') : undefined
  }
  return found
}

const WORD = String.raw`[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]`
const STARTS_WITH_WORD = new RegExp(`^${WORD}`, 'u')
const ENDS_WITH_WORD = new RegExp(`${WORD}$`, 'u')
const BLANK = /\p{White_Space}/u

/** Enough of a text to see its first or last character whole. */
const ONE = 2

const standsAlone = (text: string, start: number, end: number): boolean =>
  !ENDS_WITH_WORD.test(text.slice(Math.max(0, start - ONE), start)) &&
  !STARTS_WITH_WORD.test(text.slice(end, end + ONE))

function withBlanks(text: string, { token, end }: Match, start: number, from: number): { start: number; end: number } {
  let [left, right] = [start, end]
  while (token.takesLeft && left > from && BLANK.test(text[left - 1] ?? '')) left--
  while (token.takesRight && right < text.length && BLANK.test(text[right] ?? '')) right++
  return { start: left, end: right }
}

function split(root: Node, text: string): Section[] {
  const sections: Section[] = []
  const add = (from: number, to: number) => {
    if (from < to) sections.push({ kind: 'text', text: text.slice(from, to), at: from })
  }
  let done = 0
  for (let i = 0; i < text.length; ) {
    const match = longestAt(root, text, i)
    if (!match) {
      i++
      continue
    }
    const start = i
    i = match.end
    if (start < done || (match.token.isSingleWord && !standsAlone(text, start, match.end))) continue
    const taken = withBlanks(text, match, start, done)
    add(done, taken.start)
    sections.push({ kind: 'token', token: match.token })
    done = taken.end
  }
  add(done, text.length)
  return sections
}

export type Normalize = (text: string) => string

/** @returns a function from a text to its sections; their texts are normalised, `at` is 0 only where the whole text starts */
export function createSplitter(tokens: readonly AddedToken[], normalize: Normalize): (text: string) => Section[] {
  const before = treeOf(tokens.filter(({ isNormalized }) => !isNormalized).map((token) => [token.content, token]))
  const after = treeOf(
    tokens.filter(({ isNormalized }) => isNormalized).map((token) => [normalize(token.content), token]),
  )
  return (text) =>
    split(before, text).flatMap((section) =>
      section.kind === 'token'
        ? [section]
        : split(after, normalize(section.text)).map((inner) =>
            inner.kind === 'token' ? inner : { ...inner, at: section.at + inner.at },
          ),
    )
}
