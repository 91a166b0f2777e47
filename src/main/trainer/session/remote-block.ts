/** A prefix whose keys and values are on a server: only its tokens are here. It stands where the sampler of this process has a block with both. */
import type { KvBlock } from '@engine/rollout/kv-block'

export interface RemoteBlock extends KvBlock {
  readonly ids: Int32Array
  /** Hash of the prompt, which decides where its continuations are sampled. */
  readonly affinity: number
}

export const remoteBlock = (ids: Int32Array, affinity: number): RemoteBlock => ({
  ...{ ids, affinity, length: ids.length },
  ...{ keys: [], values: [], hidden: new Float32Array(0) },
})

/** @throws Error for a block that was computed here, which is a bug: servers cannot continue it */
export function asRemote(block: KvBlock): RemoteBlock {
  if ('ids' in block) return block as RemoteBlock // only `remoteBlock` makes blocks with ids
  throw new Error('a prefix that was computed here was given to the sampling servers')
}
