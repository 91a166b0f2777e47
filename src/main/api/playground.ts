import { api } from './base'
import { generationStream } from './generation-stream'
import { inspectGrant, playgroundModels, sourceOf } from './playground-models'
import { playgroundRows } from './playground-rows'
import { rowSources } from './row-sources'
import { settingsOf } from './system'

/** Number of most likely tokens sent with each token. */
const ALTERNATIVES = 8

export const playgroundApi = {
  models: api.playground.models.handler(({ context }) => playgroundModels(context)),
  inspect: api.playground.inspect.handler(({ context, input: { grant } }) => inspectGrant(context, grant)),
  sources: api.playground.sources.handler(({ context }) => rowSources(context)),
  rows: api.playground.rows.handler(({ context, input }) => playgroundRows(context, input)),
  generate: api.playground.generate.handler(({ context, input: { model, generation }, signal }) => {
    const source = sourceOf(context, model)
    const { backend } = settingsOf(context.store)
    const request = { ...generation, alternatives: ALTERNATIVES }
    return generationStream(
      (onToken, signal) => context.generators.generate({ model: source, backend, request, onToken, signal }),
      signal,
    )
  }),
}
