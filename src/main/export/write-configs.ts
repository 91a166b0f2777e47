/** The configuration files of other trainers, written beside exported data. */
import { existsSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { writeAtomically } from '@main/formats/atomic'
import { readModelConfig } from '@main/formats/model-config'
import { modelPath } from '@main/paths'
import type { ExportFormat, ExportOutcome } from '@shared/contract/exports'
import { GpoError } from '@shared/errors'
import type { ExportContext } from './context'
import type { ConfigSource, TrainerConfig } from './trainer-config'
import { trainerConfigs } from './trainer-configs'

interface Placed extends TrainerConfig {
  readonly file: string
}

/** The base model for TRL and verl, its context and its matrices; an imported run names a model that is not here. */
export function baseOf(path: string): Pick<ConfigSource, 'base' | 'context' | 'isFused'> {
  try {
    const base = modelPath(path)
    const { maxPositions: context, isFused = false } = readModelConfig(base)
    return { base, context, isFused }
  } catch (error) {
    if (error instanceof GpoError) return { base: path, context: null, isFused: false }
    throw error
  }
}

function placed({ run, out }: ExportContext, format: ExportFormat): Placed[] {
  const data = resolve(out)
  const stem = join(dirname(data), basename(data, extname(data)))
  const source = { plan: run.plan, run: run.id, data, ...baseOf(run.plan.model.path) }
  return trainerConfigs(format, source).map((config) => ({ ...config, file: stem + config.suffix }))
}

/** @throws GpoError('usage') if one of them exists and must not be replaced; before anything is written */
export function refuseConfigs(context: ExportContext, format: ExportFormat): void {
  const there = context.replaces ? undefined : placed(context, format).find(({ file }) => existsSync(file))
  if (there)
    throw new GpoError('usage', `${there.file} exists already: choose another name for the data, or move it away`)
}

/** @returns the next steps for them @throws GpoError('storage') */
export function writeConfigs(context: ExportContext, format: ExportFormat): ExportOutcome['next'] {
  return placed(context, format).map(({ file, content, text, command }) => {
    writeAtomically(file, [new TextEncoder().encode(content)])
    return { text, code: command(file) }
  })
}
