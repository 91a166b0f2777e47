/** A person's requests to a training run, which are obeyed at safe points. */

export interface Control {
  isStopping: boolean
  isPaused: boolean
  wantsCheckpoint: boolean
  wantsEvaluation: boolean
  readonly stop: () => void
  readonly pause: () => void
  readonly continue: () => void
  readonly checkpoint: () => void
  readonly evaluate: () => void
  /** Resolves at once, or when a pause ends. */
  readonly whilePaused: () => Promise<void>
}

export function createControl(): Control {
  let wake = () => {}
  const control: Control = {
    isStopping: false,
    isPaused: false,
    wantsCheckpoint: false,
    wantsEvaluation: false,
    stop() {
      control.isStopping = true
      control.continue()
    },
    pause() {
      control.isPaused = true
    },
    continue() {
      control.isPaused = false
      wake()
    },
    checkpoint() {
      control.wantsCheckpoint = true
    },
    evaluate() {
      control.wantsEvaluation = true
    },
    async whilePaused() {
      if (!control.isPaused) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    },
  }
  return control
}
