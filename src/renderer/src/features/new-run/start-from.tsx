/** What a plan can be started from: presets, an earlier run, a plan in a file. */
import { ActionIcon, Button, Group, Menu, Text, Tooltip } from '@mantine/core'
import { PathPopover } from '@renderer/components/path-popover'
import { api, queries } from '@renderer/lib/api'
import { useChoosing } from '@renderer/lib/choose'
import { formatTime } from '@renderer/lib/format'
import { draftOf, type PlanDraft } from '@shared/plan/draft'
import { PRESETS } from '@shared/plan/presets'
import { IconChevronDown, IconFileImport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'

interface StartFromProps {
  readonly begin: (draft: PlanDraft, origin: string) => void
}

const MOST_RUNS = 8

/** Presets and the newest runs. */
export function StartFrom({ begin }: StartFromProps) {
  const runs = useQuery(queries.runs.list.queryOptions({}))
  const usable = (runs.data ?? []).filter(({ isReadOnly }) => !isReadOnly).slice(0, MOST_RUNS)
  const clone = async (id: string) => {
    const { run } = await api.runs.get({ id })
    const { name: _, ...draft } = draftOf(run.plan)
    begin(draft, run.name)
  }
  return (
    <Menu position="bottom-start" width={360} shadow="md" styles={{ itemLabel: { minWidth: 0 } }}>
      <Menu.Target>
        <Button variant="default" rightSection={<IconChevronDown size={14} />}>
          Start from
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Presets</Menu.Label>
        {PRESETS.map(({ id, label, text, plan }) => (
          <Menu.Item key={id} onClick={() => begin(draftOf(plan), label)}>
            <Text size="sm">{label}</Text>
            <Text size="xs" className="quiet">
              {text}
            </Text>
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => begin({}, '')}>
          <Text size="sm">Nothing</Text>
          <Text size="xs" className="quiet">
            Every setting at its default; you choose model, data and objective.
          </Text>
        </Menu.Item>
        {usable.length > 0 && <Menu.Label>The plan of a run</Menu.Label>}
        {usable.map(({ id, name, createdAt }) => (
          <Menu.Item key={id} onClick={() => void clone(id)}>
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Text size="sm" className="clip">
                {name}
              </Text>
              <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
                {formatTime(createdAt)}
              </Text>
            </Group>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const nameOf = (path: string) => path.split(/[\\/]/).at(-1) ?? path

export function ImportPlan({ begin }: StartFromProps) {
  const { hasDialogs, choose, typed } = useChoosing('plan')
  const take = async (grant: string) => {
    const { plan, file } = await api.plans.read({ grant })
    begin(draftOf(plan), nameOf(file))
  }
  const chooseFile = async () => {
    const chosen = await choose()
    if (chosen) await take(chosen.grant)
  }
  return (
    <PathPopover
      hasDialogs={hasDialogs}
      onChoose={chooseFile}
      onTyped={async (path) => take((await typed(path)).grant)}
      label="Path of a plan on this machine"
      placeholder="/home/me/plan.json"
      submitLabel="Import"
      position="bottom-start"
      target={(ask, isBusy) => (
        <Tooltip label="Import a plan from a file">
          <ActionIcon size={30} variant="default" aria-label="Import a plan from a file" loading={isBusy} onClick={ask}>
            <IconFileImport size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    />
  )
}
