/** Programs over nested trees, for backends that run functions of flat records: trees are flattened only here. */
import type { Backend, DeviceTensor, DeviceTensors, Program, RunOptions } from './backend'
import { flatten, mapLeaves } from './nested'
import type { TensorFunction, Tensors } from './tensors'
import type { Tensor } from './tf'

/** One call of a program, as passed to a backend. */
export interface FlatCall {
  /** The program's name, for errors. */
  readonly name: string
  /** The program and the shapes and types of its inputs: equal keys, equal graphs. */
  readonly key: string
  readonly fn: TensorFunction
  readonly inputs: DeviceTensors
  readonly outputs: 'reused' | 'fresh'
  /** By name of an output. */
  readonly into: DeviceTensors
}

const DTYPE_MARK = { float32: '', int32: 'i', float16: 'h', int8: 'b' } as const

/** `name:2x3,other:i4` */
function signature(inputs: DeviceTensors): string {
  let text = ''
  for (const name in inputs) {
    const { shape, dtype } = inputs[name]!
    text += `${name}:${DTYPE_MARK[dtype]}${shape.join('x')},`
  }
  return text
}

type TreeFunction = (inputs: never) => object

/** The programs of a backend. @param run runs a flat function; called with the same key, it may reuse what it prepared before */
export function createPrograms(run: (call: FlatCall) => Promise<DeviceTensors>): Backend['program'] {
  const functions = new Map<string, TreeFunction[]>()
  /** By key: the tree of a program's outputs at the time it was prepared. */
  const outputTrees = new Map<string, object>()

  /** `name`, or `name#2` for the second function with that name. */
  function labelOf(name: string, fn: TreeFunction): string {
    const known = functions.get(name) ?? []
    functions.set(name, known)
    const at = known.includes(fn) ? known.indexOf(fn) : known.push(fn) - 1
    return at === 0 ? name : `${name}#${at + 1}`
  }

  async function runTree(name: string, label: string, fn: TreeFunction, inputs: object, options: RunOptions<object>) {
    const flat = flatten<DeviceTensor>(inputs)
    const key = `${label}(${signature(flat)})`
    const ofTensors = (tensors: Tensors): Tensors => {
      const made = fn(mapLeaves(inputs, (path) => tensors[path]!) as never)
      outputTrees.set(key, mapLeaves(made, (_, { shape, dtype }) => ({ shape, dtype })) as object)
      return flatten<Tensor>(made)
    }
    const into = options.into ? flatten<DeviceTensor>(options.into) : {}
    const made = await run({ name, key, fn: ofTensors, inputs: flat, outputs: options.outputs ?? 'reused', into })
    return mapLeaves(outputTrees.get(key)!, (path) => made[path]!)
  }

  return (name, fn) => {
    const label = labelOf(name, fn)
    return { run: (inputs, options = {}) => runTree(name, label, fn, inputs, options) } as Program<never, never>
  }
}
