/** Fills a folder beside its final path and renames it when it is complete, so that there is never a partial one. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { storageError, syncFolder, writeDurably } from '@main/formats/atomic'
import { GpoError } from '@shared/errors'

/** The temporary path beside the final one. */
export const partialOf = (out: string): string => join(dirname(out), `.${basename(out)}.partial-${process.pid}`)

/** @throws GpoError('usage') */
export function refuseOccupied(out: string): void {
  if (existsSync(out) && (!statSync(out).isDirectory() || readdirSync(out).length > 0))
    throw new GpoError('usage', `${out} is not empty: choose a folder that does not exist yet`)
}

export const writeJson = (path: string, value: unknown): number =>
  writeDurably(path, [new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)])

function begin(partial: string): void {
  rmSync(partial, { recursive: true, force: true })
  mkdirSync(partial, { recursive: true })
}

function publish(out: string, partial: string): void {
  syncFolder(partial)
  if (existsSync(out)) rmdirSync(out)
  renameSync(partial, out)
  syncFolder(dirname(out))
}

function failed(error: unknown, out: string, partial: string): unknown {
  rmSync(partial, { recursive: true, force: true })
  return storageError(error, `exporting to ${out}`)
}

/**
 * @param out a folder that does not exist yet or is empty
 * @throws GpoError('usage') for one that is not, ('storage') when writing fails, or what `fill` throws; then nothing is left behind
 */
export function writeFolder<T>(wanted: string, fill: (folder: string) => T, partial = partialOf(resolve(wanted))): T {
  const out = resolve(wanted)
  refuseOccupied(out)
  try {
    begin(partial)
    const filled = fill(partial)
    publish(out, partial)
    return filled
  } catch (error) {
    throw failed(error, out, partial)
  }
}

/** The same for work that takes a while. */
export async function fillFolder<T>(wanted: string, fill: (folder: string) => Promise<T>): Promise<T> {
  const out = resolve(wanted)
  refuseOccupied(out)
  const partial = partialOf(out)
  try {
    begin(partial)
    const filled = await fill(partial)
    publish(out, partial)
    return filled
  } catch (error) {
    throw failed(error, out, partial)
  }
}
