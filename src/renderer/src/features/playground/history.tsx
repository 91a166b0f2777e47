import { Button, Menu, Text } from '@mantine/core'
import { useSessionStorage } from '@mantine/hooks'
import { IconHistory } from '@tabler/icons-react'
import type { Settings } from './choices'

export interface Asked {
  readonly prompt: string
  readonly settings: Settings
}

const MAX = 30

/** The prompts since the window was opened, newest first. */
export function useHistory(): readonly [history: readonly Asked[], add: (asked: Asked) => void] {
  const [history, setHistory] = useSessionStorage<Asked[]>({ key: 'playground-history', defaultValue: [] })
  const add = (asked: Asked) => {
    const same = JSON.stringify(asked)
    setHistory((old) => [asked, ...old.filter((one) => JSON.stringify(one) !== same)].slice(0, MAX))
  }
  return [history, add]
}

interface HistoryMenuProps {
  readonly history: readonly Asked[]
  readonly onPick: (asked: Asked) => void
}

export function HistoryMenu({ history, onPick }: HistoryMenuProps) {
  return (
    <Menu position="bottom-end" width={460} shadow="md">
      <Menu.Target>
        <Button variant="default" leftSection={<IconHistory size={16} />} disabled={history.length === 0}>
          Earlier prompts
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: 'auto' }}>
        {history.map((asked, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the newest is first, so a place is an entry
          <Menu.Item key={i} onClick={() => onPick(asked)}>
            <Text size="sm" className="mono clip">
              {asked.prompt.trim() || '(empty)'}
            </Text>
            <Text size="xs" className="quiet">
              temperature {asked.settings.temperature}, seed {asked.settings.seed}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
