/** Reads a plan from a file and applies `--set key=value`. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { refuseStrangeFile } from '@main/formats/regular-file'
import { describeError, GpoError } from '@shared/errors'
import { beyondLimits } from '@shared/json-limits'
import { describeIssue } from '@shared/plan/describe-issue'
import { type Plan, planSchema } from '@shared/schemas/plan'
import { MAX_STUDY_TEXT } from '@shared/schemas/study'
import { shown } from '@shared/shown'

type Json = Record<string, unknown>

/** Far beyond any plan or study: what is read in main must not hold it up. */
const LIMITS = { depth: 100, values: 100_000 }
/** The longest study, of which every character takes four bytes. */
const MAX_BYTES = 4 * MAX_STUDY_TEXT

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value parsed as JSON if it is JSON, else as text. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** `a.b.c=value` into a nested object; the plan's schema later refuses unknown keys. */
export function applySetting(plan: Json, setting: string): void {
  const at = setting.indexOf('=')
  if (at < 1)
    throw new GpoError(
      'usage',
      `--set ${setting}: write it as key=value, for example --set optimiser.learningRate=1e-4`,
    )
  const path = setting.slice(0, at).split('.')
  let target = plan
  for (const key of path.slice(0, -1)) {
    if (key === '__proto__' || key === 'constructor')
      throw new GpoError('plan', `--set ${setting}: ${key} is not a setting of a plan`)
    const next = target[key] ?? {}
    if (!isObject(next))
      throw new GpoError('plan', `--set ${setting}: ${key} is ${shown(next)}, which contains no settings`)
    target[key] = next
    target = next
  }
  const last = path.at(-1)!
  if (last === '__proto__') throw new GpoError('plan', `--set ${setting}: ${last} is not a setting of a plan`)
  target[last] = parseValue(setting.slice(at + 1))
}

/** @throws GpoError('plan') listing every problem by key, value and cure */
export function parsePlan(raw: unknown, name: string): Plan {
  const result = planSchema.safeParse(raw)
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => describeIssue(issue, raw))
  throw new GpoError('plan', `${name}: ${problems.join('; ')}`)
}

/** Finds a model's folder by a name; null if nothing is called that. */
export type FindNamed = (name: string) => string | null

/** Paths in a plan are relative to the plan's folder; a model may be given by name. */
function resolvePaths(plan: Plan, folder: string, findNamed: FindNamed): Plan {
  const at = (path: string) => (path.startsWith('bundled:') ? path : resolve(folder, path))
  const named = (path: string) =>
    path.startsWith('run:') ? path : existsSync(at(path)) ? at(path) : (findNamed(path) ?? at(path))
  const { train, eval: evaluation } = plan.data
  const { adaptation } = plan
  return {
    ...plan,
    model: { path: named(plan.model.path) },
    adaptation:
      adaptation.kind === 'lora' && adaptation.from !== undefined
        ? { ...adaptation, from: named(adaptation.from) }
        : adaptation,
    data: {
      ...plan.data,
      train: { ...train, path: at(train.path) },
      ...(evaluation ? { eval: { ...evaluation, path: at(evaluation.path) } } : {}),
    },
  }
}

type What = 'plan' | 'study'

const CURES: Readonly<Record<string, (what: What) => string>> = {
  ENOENT: (what) => `does not exist: give the path of a JSON ${what}`,
  EISDIR: (what) => `is a folder: give the path of a JSON ${what}`,
  EACCES: () => 'cannot be read by this user: change its permissions',
}

function refuseLarge(file: string, what: What): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes <= MAX_BYTES) return
  const [found, most] = [bytes, MAX_BYTES].map((count) => count.toLocaleString('en'))
  throw new GpoError('plan', `${file} has ${found} bytes; a ${what} has at most ${most}: is it another file?`)
}

function readText(file: string, what: What): string {
  refuseStrangeFile(file, 'plan')
  refuseLarge(file, what)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? describeError(error)
    const cure = CURES[code]?.(what) ?? `cannot be read (${code}): check the disk and the path`
    throw new GpoError('plan', `${file} ${cure}`)
  }
}

/** @param what it should be, for messages @throws GpoError('plan') for a file that cannot be read or is not JSON */
export function readJson(file: string, what: What = 'plan'): unknown {
  const text = readText(file, what)
  const beyond = beyondLimits(text, LIMITS)
  if (beyond !== null) throw new GpoError('plan', `${file} has ${beyond}; correct it there`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new GpoError('plan', `${file} is not JSON: ${describeError(error)}; correct it there`)
  }
}

const PEFT_NAMES: Readonly<Record<string, string>> = {
  lora_alpha: 'alpha',
  lora_dropout: 'dropout',
  use_rslora: 'rslora',
  target_modules: 'targets',
}

/** Settings of an adapter may have the names that PEFT gives them. @throws GpoError('plan') for one under both names */
export function ownNames(adaptation: unknown): unknown {
  if (!isObject(adaptation)) return adaptation
  const own: Json = {}
  for (const [key, value] of Object.entries(adaptation)) {
    const name = Object.hasOwn(PEFT_NAMES, key) ? (PEFT_NAMES[key] ?? key) : key
    if (name !== key && name in adaptation)
      throw new GpoError('plan', `adaptation has both ${key} and ${name}, which mean the same: keep one`)
    own[name] = value
  }
  return own
}

/** @throws GpoError('plan') for a file that cannot be read or is not a plan */
export function readPlan(file: string, settings: readonly string[], findNamed: FindNamed = () => null): Plan {
  const raw = readJson(file)
  if (!isObject(raw))
    throw new GpoError('plan', `${file} holds ${shown(raw)}, expected an object with the keys of a plan`)
  for (const setting of settings) applySetting(raw, setting)
  if ('adaptation' in raw) raw['adaptation'] = ownNames(raw['adaptation'])
  return resolvePaths(parsePlan(raw, file), dirname(resolve(file)), findNamed)
}
