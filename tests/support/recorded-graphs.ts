/** Every program that the engine runs, as a graph of any provider: work is done on a backend that notes each function with the shapes of its inputs. */

import type { InputSpec } from '@engine/compile/compile'
import { createResidentBackend } from '@engine/devices/resident'
import type { Backend, DeviceTensors, Program } from '@engine/tensor/backend'
import { createPrograms } from '@engine/tensor/program'
import type { TensorFunction } from '@engine/tensor/tensors'

export interface RecordedCall {
  readonly name: string
  readonly fn: TensorFunction
  readonly specs: Readonly<Record<string, InputSpec>>
}

/** A backend with memory of its own, as a graphics card has, which computes on the CPU. */
export async function recordingBackend(): Promise<{ backend: Backend; calls: ReadonlyMap<string, RecordedCall> }> {
  const inner = await createResidentBackend({ device: 'cpu', isApart: true, threads: 1 })
  const calls = new Map<string, RecordedCall>()
  const programs = new Map<string, Program>()
  const program = createPrograms(async ({ name, key, fn, inputs, outputs, into }) => {
    const specs = Object.fromEntries(Object.entries(inputs).map(([path, { shape, dtype }]) => [path, { shape, dtype }]))
    const known = programs.get(key) ?? inner.program(key, fn)
    programs.set(key, known)
    calls.set(key, { name, fn, specs })
    return (await known.run(inputs, { outputs, into })) as DeviceTensors
  })
  return { backend: { ...inner, program }, calls }
}
