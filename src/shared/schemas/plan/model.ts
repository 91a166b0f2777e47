/** The model that is trained, and the library that computes. */
import { z } from 'zod'
import { settingIn } from './setting'

const model = settingIn('Model')

export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'onnx', 'onnx-webgpu', 'onnx-cuda', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKEND_NAMES)[number]

export const modelSchema = z.strictObject({
  path: model(z.string().min(1), {
    label: 'Model',
    isSimple: true,
    aliases: ['model_name_or_path', 'base_model', 'pretrained'],
    what: 'The model that training begins with: bundled:NAME, a folder in Hugging Face layout, or a .gguf file.',
    advice: 'Try a plan on the bundled model first: a minute shows whether data and verifier fit.',
  }),
})

export const backendSchema = model(z.enum(['auto', ...BACKEND_NAMES]).default('auto'), {
  label: 'Backend',
  aliases: ['device', 'accelerator', 'cuda', 'gpu', 'cpu'],
  what: 'The library that computes, which also decides the device. Automatic takes the first that passes its self-test.',
  advice: 'Leave it automatic; choose one to repeat exactly a run made on another machine.',
  options: {
    auto: 'Automatic',
    tensorflow: 'TensorFlow (CUDA)',
    webgpu: 'WebGPU',
    onnx: 'ONNX Runtime, CPU',
    'onnx-webgpu': 'ONNX Runtime, WebGPU',
    'onnx-cuda': 'ONNX Runtime, CUDA',
    wasm: 'WebAssembly, CPU',
    cpu: 'Plain JavaScript, CPU',
  },
})
