/** The Electron host: the window with the built pages, or the `gpo` command of an installed program. */
import { join } from 'node:path'
import { builtPages } from './host/pages'
import { commandArguments } from './window/arguments'
import { startCommand } from './window/command'
import { startWindow } from './window/start'

const folder = import.meta.dirname
const args = commandArguments(process.argv)
if (args) startCommand(folder, async () => (await import('./headless')).runCommand(args))
else startWindow({ pages: builtPages(join(folder, '../renderer')), folder })
