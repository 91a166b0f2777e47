/** The model that is trained, and the library that computes. */
import { z } from 'zod'
import { settingIn } from './setting'

const model = settingIn('Model')

export const BACKEND_NAMES = ['tensorflow', 'webgpu', 'onnx', 'onnx-webgpu', 'wasm', 'cpu'] as const
export type BackendName = (typeof BACKEND_NAMES)[number]

export const modelSchema = z.strictObject({
  path: model(z.string().min(1), {
    label: 'Model',
    isSimple: true,
    aliases: ['model_name_or_path', 'base_model', 'pretrained'],
    what: 'The model that training begins with: bundled:NAME, a folder in Hugging Face layout, or a .gguf file.',
    advice: 'Try a plan on the bundled model first: it shows in a minute whether data and verifier fit.',
  }),
})

export const backendSchema = model(z.enum(['auto', ...BACKEND_NAMES]).default('auto'), {
  label: 'Backend',
  aliases: ['device', 'accelerator', 'cuda', 'gpu', 'cpu'],
  what: 'The library that computes, and with it the device. Automatic takes the first that passes its self-test.',
  advice: 'Leave it automatic; name one to repeat a run exactly as it was on another machine.',
  options: {
    auto: 'Automatic',
    tensorflow: 'TensorFlow (CUDA)',
    webgpu: 'WebGPU',
    onnx: 'ONNX Runtime, CPU',
    'onnx-webgpu': 'ONNX Runtime, WebGPU',
    wasm: 'WebAssembly, CPU',
    cpu: 'Plain JavaScript, CPU',
  },
})
