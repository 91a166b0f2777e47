/** A text for support: the system, the settings, the newest failures. */
import { arch, cpus, homedir, hostname, platform, release, totalmem, userInfo } from 'node:os'
import type { Services } from '@main/api/services'
import { jobLog } from '@main/paths'
import { runLog } from '@main/runs/log'
import { listRuns } from '@main/store/runs'
import { JOB_KINDS } from '@main/workers/job'
import { readLog } from '@main/workers/log'
import type { BackendFindings, Settings } from '@shared/contract/system'
import { redact, secretsOf } from '@shared/redact'
import type { RunSummary } from '@shared/schemas/run'
import { rememberedBackends } from './backends'
import { crashLines } from './crashes'
import { storedPlaces } from './storage'

/** Number of failures included, newest first. */
const FAILURES = 5
/** Bytes from the end of each log that are included. */
const LOG_BYTES = 4000

export function runtimes(): Record<string, string> {
  const { node, electron, chrome } = process.versions
  const known = { Electron: electron, Chromium: chrome, Node: node }
  return Object.fromEntries(Object.entries(known).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    return '' // the user has no entry in the system's list of users
  }
}

export async function diagnosticsOf({ store, host, version }: Services, settings: Settings): Promise<string> {
  const runs = listRuns(store)
  const text = [
    `GPO Studio ${version} in ${host.kind === 'electron' ? 'its window' : 'a browser'}`,
    section('Machine', [
      `${platform()} ${release()} ${arch()}`,
      `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${gigabytes(totalmem())} of memory`,
      ...Object.entries(runtimes()).map(([name, value]) => `${name} ${value}`),
    ]),
    section('Settings', Object.entries(settings).map(([name, value]) => `${name}: ${value}`)), // biome-ignore format: one line reads better
    section('Backends', backendLines(rememberedBackends(store))),
    section('On disk', (await storedPlaces(store)).map(({ name, path, bytes }) => `${name}: ${gigabytes(bytes)}, ${path}`)), // biome-ignore format: one line reads better
    section('Runs', runLines(runs)),
    section('Crashes of the program', crashLines(host.crashFolder)),
    section('Newest failures', failureLines(runs)),
    ...logSections(runs),
  ].join('\n\n')
  return redact(text, { home: homedir(), user: userName(), host: hostname(), secrets: secretsOf(process.env) })
}

const section = (title: string, lines: readonly string[]) => [title, ...lines.map((line) => `  ${line}`)].join('\n')

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(bytes < 1e8 ? 3 : 1)} GB`

function backendLines(findings: BackendFindings | null): string[] {
  if (!findings) return ['not measured']
  return [
    `measured ${new Date(findings.measuredAt).toISOString()}, chosen: ${findings.chosen ?? 'none'}`,
    ...findings.candidates.map(({ name, reason, device, selfTest, gflops }) =>
      reason === null
        ? `${name}: ${device}, self-test ${selfTest?.toExponential(1)}, ${gflops?.toPrecision(3)} GFLOP/s`
        : `${name}: ${reason}`,
    ),
  ]
}

function runLines(runs: readonly RunSummary[]): string[] {
  const counts = new Map<string, number>()
  for (const { status } of runs) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts.size === 0 ? ['none'] : [...counts].map(([status, count]) => `${count} ${status}`)
}

/** The logs of the newest failed run and of the jobs. */
function logSections(runs: readonly RunSummary[]): string[] {
  const failed = runs.find(({ error }) => error !== null)
  const logs = [
    ...(failed ? [[`Log of run ${failed.id}`, runLog(failed, LOG_BYTES).text] as const] : []),
    ...JOB_KINDS.map((kind) => [`Log of the last ${kind}`, readLog(jobLog(kind), LOG_BYTES).text] as const),
  ]
  return logs.filter(([, text]) => text !== '').map(([title, text]) => section(title, text.trimEnd().split('\n')))
}

function failureLines(runs: readonly RunSummary[]): string[] {
  const failed = runs.filter(({ error }) => error !== null).slice(0, FAILURES)
  if (failed.length === 0) return ['none']
  return failed.map(
    ({ id, objective, criticalStep, iteration, iterations, error }) =>
      `run ${id} (${objective}, critical step ${criticalStep}), iteration ${iteration} of ${iterations}: ${error?.code}: ${error?.message}`,
  )
}
