/** An error that a person may overrule, with a button for it. */
import { Button, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'

export interface Refusal {
  readonly title: string
  readonly message: string
  /** What the button says. */
  readonly label: string
  readonly goOn: () => void
}

export function offerToGoOn({ title, message, label, goOn }: Refusal): void {
  const id = notifications.show({
    color: 'orange',
    title,
    autoClose: false,
    message: (
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{message}</Text>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            notifications.hide(id)
            goOn()
          }}
        >
          {label}
        </Button>
      </Stack>
    ),
  })
}
