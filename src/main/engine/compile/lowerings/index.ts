/** The table of lowerings: which tfjs kernels a compiled function may use. */
import { type NamedAttrMap, registerKernel } from '@tensorflow/tfjs-core'
import { type Provider, RECORDER, recorder } from '../../tensor/recorder'
import { elementwise } from './elementwise'
import { fused } from './fused'
import type { Lowering } from './lowering'
import { narrow } from './narrow'
import { order } from './order'
import { reductions } from './reduce'
import { shapes } from './shape'
import { webgpu } from './webgpu'

export const LOWERINGS: Readonly<Record<string, Lowering>> = {
  ...elementwise,
  ...shapes,
  ...reductions,
  ...fused,
  ...narrow,
  ...order,
}

/** What is written otherwise for a provider, because it has no kernel for an operator of the usual lowering. */
const OTHERWISE: Readonly<Record<Provider, Readonly<Record<string, Lowering>>>> = { cpu: {}, webgpu, cuda: {} }

for (const [kernelName, usual] of Object.entries(LOWERINGS)) {
  registerKernel({
    kernelName,
    backendName: RECORDER,
    kernelFunc: ({ inputs, attrs }) => {
      const lowering = OTHERWISE[recorder.provider][kernelName] ?? usual
      return lowering(recorder, inputs, (attrs ?? {}) as NamedAttrMap & Record<string, unknown>)
    },
  })
}
