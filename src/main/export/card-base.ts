/** The base model in a model card: its source and licence, as far as its files name them. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isGgufPath, openGguf } from '@main/formats/gguf/model'
import { isBundled, modelPath } from '@main/paths'
import type { CardBase } from './model-card'

/** Most bytes of a README that are read. */
const MAX_README = 1 << 20

/** `license:` in the front matter of a README from the Hub. */
export function licenseOfReadme(text: string): string | null {
  const [, front = ''] = /^---\r?\n([\s\S]*?)\r?\n---/.exec(text) ?? []
  const [, value] = /^license:[ \t]*["']?([\w.+-]{1,80})["']?[ \t]*$/m.exec(front) ?? []
  return value ?? null
}

/** models--org--name/snapshots/COMMIT is org/name. */
export function repositoryOf(folder: string): string | null {
  const [, organisation, name] = /models--([^/\\]+?)--([^/\\]+)[/\\]snapshots[/\\][^/\\]+$/.exec(folder) ?? []
  return organisation !== undefined && name !== undefined ? `${organisation}/${name}` : null
}

function licenseOfGguf(path: string): CardBase['license'] {
  const name = openGguf(path).metadata.get('general.license')
  const isName = typeof name === 'string' && /^[\w.+-]{1,80}$/.test(name)
  return isName ? { name, source: 'as its metadata says' } : null
}

function licenseOf(folder: string): CardBase['license'] {
  if (isGgufPath(folder)) return licenseOfGguf(folder)
  const readme = join(folder, 'README.md')
  const size = statSync(readme, { throwIfNoEntry: false })?.size ?? 0
  const stated = size > 0 && size <= MAX_README ? licenseOfReadme(readFileSync(readme, 'utf8')) : null
  if (stated !== null) return { name: stated, source: 'according to its README' }
  const file = ['LICENSE', 'LICENSE.txt', 'LICENSE.md'].find((one) => existsSync(join(folder, one)))
  return file === undefined ? null : { name: 'other', source: `see ${file} in ${basename(folder)}` }
}

function ggufOf(path: string): CardBase['gguf'] {
  const { metadata, tensors } = openGguf(path)
  const name = metadata.get('general.name')
  const sizes = new Map<string, number>()
  for (const { shape, type } of tensors.values())
    sizes.set(type.name, (sizes.get(type.name) ?? 0) + shape.reduce((a, b) => a * b, 1))
  const [most] = [...sizes].toSorted((a, b) => b[1] - a[1])
  return { name: typeof name === 'string' && name !== '' ? name.slice(0, 200) : null, type: most?.[0] ?? 'empty' }
}

/** @param path as in the plan */
export function cardBase(path: string): CardBase {
  if (isBundled(path)) return { repository: null, path, license: null }
  const place = modelPath(path)
  const license = licenseOf(place)
  if (!isGgufPath(place)) return { repository: repositoryOf(place), path, license }
  return { repository: repositoryOf(dirname(place)), path, license, gguf: ggufOf(place) }
}
