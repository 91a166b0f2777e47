/** Resuming a run: what the person should know is shown, and a change of its files can be accepted. */
import { notifications } from '@mantine/notifications'
import { offerToGoOn } from '@renderer/components/offer-to-go-on'
import { api } from '@renderer/lib/api'
import { isChanged, messageOf } from '@renderer/lib/errors'

interface Choices {
  readonly allowChanged?: boolean
  /** From a checkpoint that the database does not know. */
  readonly fromDisk?: boolean
}

/** @param titles what a notification says above the reason of a refusal, and above the notes of a run that goes on */
export async function resumeRun(id: string, titles: { refused: string; resumed: string }, choices: Choices = {}) {
  const note = `resume ${id}`
  notifications.hide(note)
  try {
    const { notes } = await api.runs.resume({ id, ...choices })
    if (notes.length === 0) return
    notifications.show({ id: note, color: 'orange', title: titles.resumed, message: notes.join(' '), autoClose: false })
  } catch (error) {
    const told = { title: titles.refused, message: messageOf(error) }
    const goOn = () => void resumeRun(id, titles, { ...choices, allowChanged: true })
    if (isChanged(error) && !choices.allowChanged)
      offerToGoOn({ ...told, message: `${told.message}.`, label: 'Resume with the changed files', goOn })
    else notifications.show({ id: note, color: 'orange', ...told, autoClose: false })
  }
}
