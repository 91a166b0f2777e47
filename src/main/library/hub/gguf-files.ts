/** Which files of a repository make a GGUF model: repositories have the same model in many types, of which one is wanted. */
import { isGgufPath } from '@main/formats/gguf/model'
import { filesByName } from '@main/formats/gguf/split'
import type { HubChoice } from '@shared/contract/hub'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'
import type { HubFile, Repository } from './client'

const isAbout = ({ name }: HubFile) => /^(README\.md|LICENSE[\w.]*)$/.test(name)
/** Not what belongs to a model of images: its projector cannot be trained here. */
const isGguf = ({ name }: HubFile) => isGgufPath(name) && !name.includes('/') && !/^mmproj/i.test(name)
/** Whether the repository has weights in safetensors. */
export const hasFolder = (files: readonly HubFile[]) => files.some(({ name }) => /^[^/]+\.safetensors$/.test(name))

/** One name for each model: a file, or the first of its parts. */
const modelsOf = (files: readonly HubFile[]): readonly string[] => [
  ...new Set(files.filter(isGguf).map(({ name }) => filesByName(name)[0] ?? name)),
]

/** Whether a GGUF file is asked for, or nothing else is there. */
export const isForGguf = (files: readonly HubFile[], chosen: string | undefined): boolean =>
  chosen !== undefined || (files.some(isGguf) && !hasFolder(files))

/** @throws {GpoError} 'data' naming what there is to choose from */
export function wantedGguf({ files, id }: Repository, chosen: string | undefined): readonly HubFile[] {
  const names = files.filter(isGguf).map(({ name }) => name)
  const models = modelsOf(files)
  const [first] = chosen === undefined ? models : [chosen]
  if (first !== undefined && (chosen === undefined ? models.length === 1 : names.includes(chosen))) {
    const parts = filesByName(first)
    return files.filter((file) => parts.includes(file.name) || isAbout(file))
  }
  const list = models.slice(0, 20).join(', ') || 'none'
  const asked = chosen === undefined ? 'has several GGUF files' : `has no GGUF file ${shown(chosen)}`
  throw new GpoError('data', `${id} ${asked}; there are: ${list}. Choose one: gpo models download ${id} --file NAME`)
}

/** From the one to prefer: almost the original in half of its size, the original, then what loses more and more. */
const TYPES = [
  ...['Q8_0', 'BF16', 'F16', 'Q6_K', 'Q5_K_M', 'Q5_K_S', 'Q5_K', 'Q5_1', 'Q5_0', 'Q4_K_M', 'Q4_K_S', 'Q4_K', 'Q4_1'],
  ...['Q4_0', 'IQ4_NL', 'IQ4_XS', 'F32', 'Q3_K_L', 'Q3_K_M', 'Q3_K_S', 'Q3_K', 'Q2_K_S', 'Q2_K'],
]
const TYPE = /(?:^|[-._])([IT]?Q\d_[A-Z0-9]+(?:_[A-Z]+)?|BF16|FP?16|FP?32|MXFP4(?:_MOE)?)(?=[-._]|$)/i

/** As its name says, in llama.cpp's words; null where it does not say. */
function typeOf(name: string): string | null {
  const found = TYPE.exec(name.replace(/(-\d{5}-of-\d{5})?\.gguf$/i, ''))?.[1]?.toUpperCase()
  return found?.replace(/^FP/, 'F') ?? null
}

/** Types whose blocks are not read here: formats/gguf/dequantise. */
const isReadable = (type: string | null) => type === null || !/^(IQ[123]|TQ|MXFP4)/.test(type)

/** What can be downloaded of a repository that has more than one form of a model; none where there is nothing to choose. */
export function choicesOf({ kind, files }: Repository): readonly HubChoice[] {
  const models = kind === 'model' ? modelsOf(files) : []
  if (models.length + (hasFolder(files) ? 1 : 0) < 2) return []
  return models.map((name): HubChoice => {
    const names = filesByName(name)
    const parts = files.filter((file) => names.includes(file.name))
    const type = typeOf(name)
    const bytes = parts.reduce((sum, file) => sum + file.bytes, 0)
    return { file: name, type, parts: parts.length, bytes, isReadable: isReadable(type) }
  })
}

/** The folder of safetensors where there is one (undefined), otherwise the file nearest to the original. */
export function suggestedFile(repository: Repository): string | undefined {
  const choices = choicesOf(repository).filter((choice) => choice.isReadable)
  if (hasFolder(repository.files)) return undefined
  const rank = ({ type }: HubChoice) => (type !== null && TYPES.includes(type) ? TYPES.indexOf(type) : TYPES.length)
  return [...choices].sort((a, b) => rank(a) - rank(b) || b.bytes - a.bytes)[0]?.file
}
