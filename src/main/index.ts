/** The Electron host: the window with the built pages. */
import { join } from 'node:path'
import { builtPages } from './host/pages'
import { startWindow } from './window/start'

startWindow({ pages: builtPages(join(import.meta.dirname, '../renderer')), folder: import.meta.dirname })
