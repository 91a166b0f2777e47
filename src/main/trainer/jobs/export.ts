/** The merged weights of a model or run as a Hugging Face folder or a GGUF file, or a run's adapter alone. */
import type { DeviceTensors } from '@engine/tensor/backend'
import { exportAdapter, isAdapterTensor } from '@main/export/adapter'
import { exportGguf } from '@main/export/gguf/export'
import { exportModel } from '@main/export/safetensors'
import type { StoredDtype } from '@main/formats/dtypes'
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
  out: string,
): Promise<number> {
  const { policy } = model
  const touched = [...trained.keys()].filter((name) => name.endsWith('.lora_A.weight'))
  const names = touched.map((name) => name.replace(/\.lora_A\.weight$/, '.weight'))
  const before = (await readAll(model, await policy.dense(), names)).map(({ data }) => data.slice())
  const shapes = [...trained]
    .filter(([name]) => isAdapterTensor(name))
    .map(([name, { shape }]) => [name, shape] as const)
  policy.restore(new Map([...trained, ...readAdapter(out, new Map(shapes))]))
  const after = await readAll(model, await policy.dense(), names)
  let worst = 0
  after.forEach(({ data }, i) => {
    for (let k = 0; k < data.length; k++) worst = Math.max(worst, Math.abs(data[k]! - before[i]![k]!))
  })
  return worst
}

async function exportLora(model: JobModel, job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  const { adaptation, policy } = model
  if (adaptation.kind !== 'lora')
    throw new GpoError('usage', 'This run trained every weight, so it has no adapter: export the merged model instead.')
  const trained = await policy.snapshot()
  const { out, partial } = job
  const dtype = folderDtype(job)
  const { bytes, maxDifference } = exportAdapter({
    baseModel: job.model.folder,
    adaptation,
    tensors: [...trained].map(([name, { shape, data }]) => ({ name, shape, data })),
    out,
    partial,
    dtype,
    onProgress: (label, done, total) => onProgress(label, done, total, 0),
  })
  onProgress('merging the exported adapter', 0, 1, 0)
  const maxMergedDifference = await mergedDifference(model, trained, out)
  const tensors = [...trained.keys()].filter(isAdapterTensor).length
  return { out, tensors, bytes, maxDifference, maxMergedDifference }
}

const LAYOUTS = { merged: exportMerged, adapter: exportLora, gguf: exportGgufFile } as const

export async function exportWeights(job: ExportJob, onProgress: OnProgress): Promise<ExportResult> {
  onProgress('loading', 0, 1, 0)
  const model = await openJobModel(job.model, job.backend, { isMerged: true })
  const result = await LAYOUTS[job.layout](model, job, onProgress)
  await model.backend.close()
  return result
}
