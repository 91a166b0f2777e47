/** The table of lowerings: which tfjs kernels a compiled function may use. */
import { type NamedAttrMap, registerKernel } from '@tensorflow/tfjs-core'
import { RECORDER, recorder } from '../../tensor/recorder'
import { elementwise } from './elementwise'
import { fused } from './fused'
import type { Lowering } from './lowering'
import { narrow } from './narrow'
import { order } from './order'
import { reductions } from './reduce'
import { shapes } from './shape'

export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...elementwise,
  ...shapes,
  ...reductions,
  ...fused,
  ...narrow,
  ...order,
}

for (const [kernelName, lowering] of Object.entries(LOWERINGS)) {
  registerKernel({
    kernelName,
    backendName: RECORDER,
    kernelFunc: ({ inputs, attrs }) =>
      lowering(recorder, inputs, (attrs ?? {}) as NamedAttrMap & Record<string, unknown>),
  })
}
