/**
 * WebGPU without a graphics card: Chromium's SwiftShader, which Debian's package chromium-common brings. A set VK_ICD_FILENAMES or VK_DRIVER_FILES
 * names another driver.
 */
import { existsSync } from 'node:fs'
import { openLibrary } from '@engine/devices/ort/library'
import { createRuntime } from '@engine/devices/ort/runtime'
import koffi from 'koffi'

const FOLDER = '/usr/lib/chromium'
const DRIVER = `${FOLDER}/vk_swiftshader_icd.json`
const LOADER = `${FOLDER}/libvulkan.so.1`

/** @returns why there is no adapter; null where there is one */
export async function noVulkan(): Promise<string | null> {
  if (!process.env['VK_ICD_FILENAMES'] && !process.env['VK_DRIVER_FILES'] && existsSync(DRIVER)) {
    process.env['VK_ICD_FILENAMES'] = DRIVER
    openLibrary() // koffi is configured before it loads anything
    koffi.load(LOADER, { global: true }) // so that Dawn finds it by its name
  }
  try {
    const runtime = await createRuntime('webgpu')
    runtime.close()
    return null
  } catch (error) {
    return (error as Error).message
  }
}
