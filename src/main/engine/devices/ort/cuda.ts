/** What ONNX Runtime needs for CUDA, looked for before it is asked: it would print what it misses, in its own words. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { GpoError } from '@shared/errors'
import { shown } from '@shared/shown'

const BESIDE: Partial<Record<NodeJS.Platform, (provider: string) => string>> = {
  linux: (provider) => `libonnxruntime_providers_${provider}.so`,
  win32: (provider) => `onnxruntime_providers_${provider}.dll`,
}

/**
 * @param library the path of ONNX Runtime's shared library
 * @throws GpoError('backend') that names what is missing and what to install
 */
export function requireCudaFiles(library: string, version: string, platform = process.platform): void {
  const nameOf = BESIDE[platform]
  if (!nameOf) throw new GpoError('backend', `CUDA exists on Linux and Windows only, and this is ${shown(platform)}`)
  const missing = ['shared', 'cuda'].map(nameOf).filter((name) => !existsSync(join(dirname(library), name)))
  if (missing.length === 0) return
  throw new GpoError(
    'backend',
    `ONNX Runtime's CUDA provider is not installed: ${missing.join(' and ')} of version ${shown(version)} for CUDA 12 must be beside ${basename(library)} in ${shown(dirname(library))}; CUDA 12 and cuDNN 9 must be installed too. For an NVIDIA card without them there is onnx-webgpu`,
  )
}
