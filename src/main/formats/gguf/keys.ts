/** The numbers in a GGUF file's metadata that belong to its architecture, by their names without it. */
import { integer, type Json, number } from '../config-json'
import { type Architecture, architectureOf } from './architectures'
import type { GgufModel } from './model'

const SIZE = { min: 1, max: 1 << 24 }

/** Keys of one architecture, checked as they are read. */
export interface Keys {
  readonly model: GgufModel
  readonly architecture: Architecture
  readonly has: (key: string) => boolean
  readonly integer: (key: string, fallback?: number) => number
  /** The shortest number that is the same in 32 bits: 1e-5, not 0.000009999999747378752. */
  readonly float: (key: string, fallback?: number) => number
}

export function shortest(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === Math.fround(value)) return short
  }
  return value
}

export function keysOf(model: GgufModel): Keys {
  const architecture = architectureOf(model)
  const { path, metadata } = model
  const json: Json = Object.fromEntries(metadata)
  const full = (key: string) => `${architecture.name}.${key}`
  const limits = { min: -1e30, max: 1e30 }
  return {
    model,
    architecture,
    has: (key) => metadata.has(full(key)),
    integer: (key, fallback) => integer(path, json, full(key), { ...SIZE, fallback }),
    float: (key, fallback) => shortest(number(path, json, full(key), { ...limits, fallback })),
  }
}
