/** The server of the trainer process: it trains once and obeys requests while it trains. */
import { implement } from '@orpc/server'
import { GpoError } from '@shared/errors'
import { trainerContract } from '../workers/contract'
import { createControl } from './control'
import { end, serve, streamed } from './serve'
import { runTraining } from './training'

/** Main checks what it gets. */
const api = implement(trainerContract, { initialOutputValidationIndex: Number.NaN })

const control = createControl()
let isStarted = false

serve(
  api.router({
    train: api.train.handler(({ input }) => {
      if (isStarted) throw new GpoError('training', 'this trainer has already been started')
      isStarted = true
      return streamed((tell) => runTraining(input, control, tell))
    }),
    stop: api.stop.handler(control.stop),
    stopNow: api.stopNow.handler(control.stopNow),
    pause: api.pause.handler(control.pause),
    continue: api.continue.handler(control.continue),
    checkpoint: api.checkpoint.handler(control.checkpoint),
    evaluate: api.evaluate.handler(control.evaluate),
    end: api.end.handler(end),
  }),
)
