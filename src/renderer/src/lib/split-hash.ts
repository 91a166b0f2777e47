/** [path, search] of the part after `#`. */
export function splitHash(hash: string): readonly [path: string, search: string] {
  const [path = '', ...search] = hash.replace(/^#?\/?/, '').split('?')
  return [`/${path}`, search.join('?')]
}
