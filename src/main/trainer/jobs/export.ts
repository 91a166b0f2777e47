/** The merged weights of a model or run as a Hugging Face folder or a GGUF file, or an adapter alone, in PEFT's layout or as GGUF. */
import type { DeviceTensors } from '@engine/tensor/backend'
import { exportAdapter, isAdapterTensor } from '@main/export/adapter'
import { exportGgufAdapter } from '@main/export/gguf/adapter'
import { exportGguf } from '@main/export/gguf/export'
import { exportModel } from '@main/export/safetensors'
import { loraScale } from '@main/formats/adapter-shapes'
import type { StoredDtype } from '@main/formats/dtypes'
import { readGgufAdapter } from '@main/formats/gguf/adapter'
import type { HostTensor } from '@main/formats/host-tensor'
import { readAdapter } from '@main/formats/peft'
import type { TensorToWrite } from '@main/formats/safetensors-writer'
import { expectedWeights } from '@main/formats/weights'
import { GpoError } from '@shared/errors'
import type { JobOf } from '../../workers/job'
import type { ExportResult } from '../../workers/results'
import { type JobModel, openJobModel } from './model'

type ExportJob = JobOf<'export'>
type OnProgress = (label: string, done: number, total: number, tokens: number) => void

async function readAll(
  { backend }: JobModel,
  params: DeviceTensors,
  names: Iterable<string>,
): Promise<TensorToWrite[]> {
  return Promise.all(
    [...names].map(async (name) => {
      const tensor = params[name]!
      return { name, shape: tensor.shape, data: (await backend.read(tensor)) as Float32Array }
    }),
  )
}

async function exportMerged(model: JobModel, job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  const { config, policy } = model
  const tensors = await readAll(model, await policy.dense(), expectedWeights(config).keys())
  const { out, partial } = job
  const dtype = folderDtype(job)
  const { bytes, maxDifference } = exportModel({
    sourceFolder: job.model.folder,
    tensors,
    out,
    partial,
    card: job.card,
    dtype,
    onProgress: (label, done, total) => onProgress(label, done, total, 0),
  })
  return { out, tensors: tensors.length, bytes, maxDifference }
}

function folderDtype({ dtype }: ExportJob): StoredDtype {
  if (dtype !== 'Q8_0') return dtype
  throw new GpoError('usage', 'Q8_0 exists only in GGUF files: choose F32, F16 or BF16, or the format gguf.')
}

async function exportGgufFile(model: JobModel, job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  const { config, policy } = model
  const tensors = await readAll(model, await policy.dense(), expectedWeights(config).keys())
  const { out, partial, dtype: type, name } = job
  const { bytes, maxDifference } = exportGguf({
    sourceFolder: job.model.folder,
    name,
    tensors,
    out,
    partial,
    type,
    onProgress: (label, done, total) => onProgress(label, done, total, 0),
  })
  return { out, tensors: tensors.length, bytes, maxDifference }
}

/** The largest difference between the model merged with the written adapter and with the one in memory. */
async function mergedDifference(
  model: JobModel,
  trained: ReadonlyMap<string, HostTensor>,
  written: ReadonlyMap<string, HostTensor>,
): Promise<number> {
  const { policy } = model
  const touched = [...trained.keys()].filter((name) => name.endsWith('.lora_A.weight'))
  const names = touched.map((name) => name.replace(/\.lora_A\.weight$/, '.weight'))
  const before = (await readAll(model, await policy.dense(), names)).map(({ data }) => data.slice())
  policy.restore(new Map([...trained, ...written]))
  const after = await readAll(model, await policy.dense(), names)
  let worst = 0
  after.forEach(({ data }, i) => {
    for (let k = 0; k < data.length; k++) worst = Math.max(worst, Math.abs(data[k]! - before[i]![k]!))
  })
  return worst
}

/** The adapter of a model that has one. */
async function adapterOf({ adaptation, policy }: JobModel) {
  if (adaptation.kind !== 'lora')
    throw new GpoError('usage', 'There is no adapter: the weights are whole. Export the merged model instead.')
  const trained = await policy.snapshot()
  const own = [...trained].filter(([name]) => isAdapterTensor(name))
  return { adaptation, trained, own, tensors: own.map(([name, { shape, data }]) => ({ name, shape, data })) }
}

async function exportLora(model: JobModel, job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  const { adaptation, trained, own, tensors } = await adapterOf(model)
  const { out, partial } = job
  const dtype = folderDtype(job)
  const { bytes, maxDifference } = exportAdapter({
    baseModel: job.model.folder,
    adaptation,
    tensors,
    out,
    partial,
    dtype,
    onProgress: (label, done, total) => onProgress(label, done, total, 0),
  })
  onProgress('merging the exported adapter', 0, 1, 0)
  const written = readAdapter(out, new Map(own.map(([name, { shape }]) => [name, shape])))
  const maxMergedDifference = await mergedDifference(model, trained, written)
  return { out, tensors: tensors.length, bytes, maxDifference, maxMergedDifference }
}

async function exportGgufLora(model: JobModel, job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  const { adaptation, trained, tensors } = await adapterOf(model)
  const { config } = model
  const { out, partial, name } = job
  const type = folderDtype(job)
  const { bytes, maxDifference } = exportGgufAdapter({
    config,
    name,
    adaptation,
    tensors,
    out,
    partial,
    type,
    onProgress: (label, done, total) => onProgress(label, done, total, 0),
  })
  onProgress('merging the exported adapter', 0, 1, 0)
  const written = readGgufAdapter(out, config)
  const scale = loraScale(adaptation)
  if (Math.abs(written.alpha / adaptation.r - scale) > 1e-6 * scale)
    throw new GpoError(
      'storage',
      `${out} was read back with the alpha ${written.alpha}: check the disk and export again`,
    )
  const maxMergedDifference = await mergedDifference(model, trained, written.tensors)
  return { out, tensors: tensors.length, bytes, maxDifference, maxMergedDifference }
}

const LAYOUTS = {
  merged: exportMerged,
  adapter: exportLora,
  gguf: exportGgufFile,
  'gguf-adapter': exportGgufLora,
} as const

export async function exportWeights(job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  onProgress('loading', 0, 1, 0)
  const model = await openJobModel(job.model, job.backend, { isMerged: true })
  const result = await LAYOUTS[job.layout](model, job, onProgress)
  await model.backend.close()
  return result
}
