/** The system dialogs for choosing files and folders. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ChoiceKind, Host } from '@main/api/services'
import { app, dialog, type OpenDialogOptions, shell } from 'electron'
import { keychain } from './secrets'
import type { Windows } from './windows'

const OPEN: Readonly<Record<Exclude<ChoiceKind, 'exportFolder' | 'exportFile'>, OpenDialogOptions>> = {
  model: { title: 'Choose a model', message: 'A folder in Hugging Face layout', properties: ['openDirectory'] },
  modelFile: {
    title: 'Choose a model in one file',
    properties: ['openFile'],
    filters: [{ name: 'GGUF', extensions: ['gguf'] }],
  },
  dataset: {
    title: 'Choose a dataset',
    properties: ['openFile'],
    filters: [
      { name: 'Datasets', extensions: ['jsonl', 'ndjson', 'json', 'csv', 'tsv', 'parquet', 'gz', 'zst'] },
      { name: 'All files', extensions: ['*'] },
    ],
  },
  plan: { title: 'Choose a plan', properties: ['openFile'], filters: [{ name: 'Plans', extensions: ['json'] }] },
  bundle: {
    title: 'Choose a run bundle',
    properties: ['openFile'],
    filters: [{ name: 'Run bundles', extensions: ['gpo'] }],
  },
  study: {
    title: 'Choose an experiment',
    properties: ['openFile'],
    filters: [{ name: 'Experiments and their bundles', extensions: ['json', 'gpostudy'] }],
  },
}

/** Named in the package by whoever builds it: GPO_PACKAGE_UPDATES. Nothing else is read from there. */
function updatesAddress(): Pick<Host, 'updatesAddress'> {
  try {
    const { updates } = JSON.parse(readFileSync(join(app.getAppPath(), 'package.json'), 'utf8'))
    return typeof updates === 'string' && updates.startsWith('https://') ? { updatesAddress: updates } : {}
  } catch {
    return {}
  }
}

export function electronHost(windows: Windows): Host {
  return {
    kind: 'electron',
    secrets: keychain,
    crashFolder: app.getPath('crashDumps'),
    ...updatesAddress(),
    async choose(kind, suggestedName) {
      const window = windows.current()
      if (!window) return null
      if (kind === 'exportFolder' || kind === 'exportFile') {
        const { canceled, filePath } = await dialog.showSaveDialog(window, {
          title: 'Export to',
          defaultPath: suggestedName,
          properties: ['createDirectory', 'showOverwriteConfirmation'],
        })
        return canceled ? null : filePath
      }
      const { canceled, filePaths } = await dialog.showOpenDialog(window, OPEN[kind])
      return canceled ? null : (filePaths[0] ?? null)
    },
    async chooseSeveral(kind) {
      const window = windows.current()
      if (!window) return []
      const { properties = [], ...options } = OPEN[kind]
      const { canceled, filePaths } = await dialog.showOpenDialog(window, {
        ...options,
        properties: [...properties, 'multiSelections'],
      })
      return canceled ? [] : filePaths
    },
    async showItem(path) {
      shell.showItemInFolder(path)
    },
    async showFolder(path) {
      await shell.openPath(path)
    },
  }
}
