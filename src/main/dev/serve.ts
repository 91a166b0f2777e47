/** `gpo serve` while developing: the pages come from a Vite server, and open ones outlive the process. */
import { createOutput, reportError } from '@main/cli/output'
import { type ServeOptions, serve } from '@main/cli/serve'
import { inspectOptions } from '@main/cli/workers'
import { Command } from 'commander'
import { followLoop, loopSettings } from './loop'
import { developmentPages } from './pages'

const settings = loopSettings()

const end = () => void process.kill(process.pid, 'SIGTERM')

const command = new Command('dev:serve')
  .requiredOption('--port <n>', 'of the pages', Number)
  .option('--db <file>', 'database of runs')
  .option('--json', 'JSON Lines on standard output')
  .action(async (options: ServeOptions & { json?: boolean }) => {
    process.exitCode = await serve(options, createOutput(options.json === true), {
      pages: developmentPages(settings),
      session: settings.session,
      onStart: (program) => followLoop(program, settings.stopped, end),
    })
  })

for (const option of inspectOptions()) command.addOption(option)
command.parseAsync().catch((error: unknown) => {
  process.exitCode = reportError(error)
})
