/** What can be done with an evaluation; a refusal is shown. */
import { notifications } from '@mantine/notifications'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { saveText } from '@renderer/lib/save-text'

export function useEvaluationActions() {
  const { evaluationsChanged } = useCache()
  const attempt = async (title: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      notifications.show({ color: 'orange', title, message: messageOf(error), autoClose: false })
    }
    await evaluationsChanged()
  }
  return {
    cancel: (id: string) => attempt('The evaluation was not cancelled', () => api.evaluations.cancel({ id })),
    remove: (id: string) => attempt('The evaluation was not removed', () => api.evaluations.remove({ id })),
    repeat: (id: string) => attempt('The evaluation was not repeated', () => api.evaluations.repeat({ id })),
    /** @param second null for the rows of one alone */
    saveRows: (first: string, second: string | null) =>
      attempt('The rows were not saved', async () => {
        const { fileName, text } = await api.evaluations.csv({ first, second })
        saveText(fileName, 'text/csv', text)
      }),
  }
}
