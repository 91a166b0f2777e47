/** The metadata of a GGUF file: what its header says besides the tensors. */

/** Arrays of numbers are typed arrays; 64-bit integers are numbers where they are safe integers, and refused elsewhere. */
export type GgufValue =
  | number
  | boolean
  | string
  | readonly string[]
  | readonly boolean[]
  | readonly GgufValue[]
  | Int32Array
  | Float32Array
  | Float64Array

/** Key → value, in the file's order, e.g. `general.architecture` → `llama`. */
export type GgufMetadata = ReadonlyMap<string, GgufValue>
