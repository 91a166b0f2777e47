/** The backends of this machine: measured on request, stored with the time. */
import type { Services } from '@main/api/services'
import type { Store } from '@main/store/query'
import { readSetting, writeSetting } from '@main/store/settings'
import { runJob } from '@main/workers/job-client'
import { doctorSchema } from '@main/workers/results'
import type { BackendFindings } from '@shared/contract/system'
import { z } from 'zod'

const NAME = 'backends'
const findingsSchema = z.intersection(doctorSchema, z.object({ measuredAt: z.number().min(0).max(8.64e15) }))

export const rememberedBackends = (store: Store): BackendFindings | null =>
  findingsSchema.safeParse(readSetting(store, NAME)).data ?? null

const atWork = new WeakMap<Store, Promise<BackendFindings>>()

/** Requests during a measurement share its result. */
export function measureBackends(services: Services): Promise<BackendFindings> {
  const { store } = services
  const known = atWork.get(store)
  if (known) return known
  const work = measure(services).finally(() => atWork.delete(store))
  atWork.set(store, work)
  return work
}

async function measure({ store, jobWorkerPath, fork }: Services): Promise<BackendFindings> {
  const found = await runJob({
    workerPath: jobWorkerPath,
    job: { kind: 'doctor' },
    fork,
  })
  const findings = { measuredAt: Date.now(), ...found }
  writeSetting(store, NAME, findings)
  return findings
}
