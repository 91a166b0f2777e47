/** How continuations of one state differ from each other. Pure. */

export interface TreeNode<T> {
  /** One line, or several lines that all continuations here share. */
  readonly text: string
  /** Continuations that end here. */
  readonly leaves: readonly T[]
  /** Number of continuations here and below. */
  readonly count: number
  readonly children: readonly TreeNode<T>[]
}

/** Lines shared by continuations, once each. */
export function treeOf<T>(items: readonly { readonly text: string; readonly item: T }[]): TreeNode<T>[] {
  const groups = new Map<string, { readonly rest: string; readonly item: T }[]>()
  for (const { text, item } of items) {
    const end = text.indexOf('\n')
    const line = end < 0 ? text : text.slice(0, end + 1)
    const group = groups.get(line) ?? []
    groups.set(line, group)
    group.push({ rest: text.slice(line.length), item })
  }
  return [...groups].map(([text, group]) => joined(nodeOf(text, group)))
}

function nodeOf<T>(text: string, group: readonly { readonly rest: string; readonly item: T }[]): TreeNode<T> {
  const leaves = group.filter(({ rest }) => rest === '').map(({ item }) => item)
  const below = group.filter(({ rest }) => rest !== '').map(({ rest, item }) => ({ text: rest, item }))
  return { text, leaves, count: group.length, children: treeOf(below) }
}

/** A line with only one successor is merged with it. */
function joined<T>(node: TreeNode<T>): TreeNode<T> {
  const [only] = node.children
  if (!only || node.children.length > 1 || node.leaves.length > 0) return node
  return { ...only, text: node.text + only.text }
}
