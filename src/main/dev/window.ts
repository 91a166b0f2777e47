/** The window while developing: the pages come from a Vite server. */
import type { Program } from '@main/host/create'
import { startWindow } from '@main/window/start'
import { app } from 'electron'
import { followLoop, loopSettings } from './loop'
import { developmentPages } from './pages'

const settings = loopSettings()

/** Without the question that a closing window asks while a run is running. */
const endAfter = (program: Program) => () => void program.close().finally(() => app.exit(0))

startWindow({
  pages: developmentPages(settings),
  folder: import.meta.dirname,
  onStart: (program) => followLoop(program, settings.stopped, endAfter(program)),
})
