/** The merged weights of a model or run as a Hugging Face folder. */
import { expectedWeights } from '@engine/model/weights'
import { exportModel } from '@main/export/safetensors'
import type { JobOf } from './job'
import { openJobModel } from './model'
import type { ExportResult } from './results'

export async function exportWeights(job: JobOf<'export'>): Promise<ExportResult> {
  const { backend, config, policy } = await openJobModel(job.model, job.backend)
  const dense = await policy.dense()
  const tensors = await Promise.all(
    [...expectedWeights(config)].map(async ([name, shape]) => ({
      name,
      shape,
      data: (await backend.read(dense[name]!)) as Float32Array,
    })),
  )
  const { bytes, maxDifference } = exportModel({
    sourceFolder: job.model.folder,
    tensors,
    out: job.out,
    dtype: job.dtype,
  })
  await backend.close()
  return { out: job.out, tensors: tensors.length, bytes, maxDifference }
}
