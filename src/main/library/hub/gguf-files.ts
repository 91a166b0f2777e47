/** Which files of a repository make a GGUF model: repositories have the same model in many types, of which one is wanted. */
import { isGgufPath } from '@main/formats/gguf/model'
import { filesByName } from '@main/formats/gguf/split'
import { GpoError } from '@shared/errors'
import type { HubFile, Repository } from './client'

const isAbout = ({ name }: HubFile) => /^(README\.md|LICENSE[\w.]*)$/.test(name)
const isGguf = ({ name }: HubFile) => isGgufPath(name) && !name.includes('/')

/** Whether a GGUF file is asked for, or nothing else is there. */
export const isForGguf = (files: readonly HubFile[], chosen: string | undefined): boolean =>
  chosen !== undefined || (files.some(isGguf) && !files.some(({ name }) => name.endsWith('.safetensors')))

/** @throws {GpoError} 'data' naming what there is to choose from */
export function wantedGguf({ files, id }: Repository, chosen: string | undefined): readonly HubFile[] {
  const names = files.filter(isGguf).map(({ name }) => name)
  const models = [...new Set(names.map((name) => filesByName(name)[0] ?? name))]
  const [first] = chosen === undefined ? models : [chosen]
  if (first !== undefined && (chosen === undefined ? models.length === 1 : names.includes(chosen))) {
    const parts = filesByName(first)
    return files.filter((file) => parts.includes(file.name) || isAbout(file))
  }
  const list = models.slice(0, 20).join(', ') || 'none'
  const asked = chosen === undefined ? 'has several GGUF files' : `has no GGUF file ${JSON.stringify(chosen)}`
  throw new GpoError('data', `${id} ${asked}; there are: ${list}. Choose one: gpo models download ${id} --file NAME`)
}
