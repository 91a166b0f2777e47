/** The models and data that a study reads, with the checksums of their files. */
import { adapterOf } from '@main/library/known-paths'
import { allFingerprints } from '@main/runs/fingerprints'
import { type Fingerprint, knownSums } from '@main/store/fingerprints'
import type { Store } from '@main/store/query'
import type { Plan } from '@shared/schemas/plan'
import type { Study } from '@shared/schemas/study'
import { combinationsOf } from '@shared/study/cells'

export interface InputFile {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface StudyInputs {
  readonly kind: 'model' | 'data'
  /** Empty for what is not there. */
  readonly files: readonly InputFile[]
}

const PARTS: Readonly<Record<Fingerprint['part'], 'model' | 'adapter' | 'train' | 'eval'>> = {
  'training data': 'train',
  'evaluation data': 'eval',
  'base weights': 'model',
  tokenizer: 'model',
  adapter: 'adapter',
}

const pathsOf = (plan: Plan) => ({
  model: plan.model.path,
  adapter: adapterOf(plan),
  train: plan.data.train.path,
  eval: plan.data.eval?.path ?? null,
})

/** By path as in the document. @param study one whose combinations were checked */
export async function studyInputs(store: Store, study: Study): Promise<ReadonlyMap<string, StudyInputs>> {
  const known = knownSums(store)
  const inputs = new Map<string, { kind: StudyInputs['kind']; files: Map<string, InputFile> }>()
  for (const { plan } of combinationsOf(study)) {
    if (!plan) continue
    const paths = pathsOf(plan)
    for (const { part, files } of await allFingerprints(plan, known)) {
      const role = PARTS[part]
      const path = paths[role]
      if (path === null) continue
      const kind = role === 'train' || role === 'eval' ? 'data' : 'model'
      const input = inputs.get(path) ?? { kind, files: new Map() }
      for (const { name, bytes, sha256 } of files) if (sha256 !== null) input.files.set(name, { name, bytes, sha256 })
      inputs.set(path, input)
    }
  }
  return new Map([...inputs].map(([path, { kind, files }]) => [path, { kind, files: [...files.values()] }]))
}
