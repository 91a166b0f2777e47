/** The card beside the form: whether the plan is ready, memory, time, changed settings, and the start button. */
import { Box, Button, Group, Text, Title, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { plural } from '@renderer/lib/format'
import { useLive } from '@renderer/lib/live'
import { valueText } from '@renderer/lib/setting-text'
import { chosenLeaves } from '@shared/plan/draft'
import { describedById, describedByPath } from '@shared/plan/fields'
import type { PlanIssue } from '@shared/plan/issue'
import { hasEffect } from '@shared/plan/relevance'
import { IconAlertCircle, IconCircleCheck, IconLoader2, IconPlayerPlay, IconTerminal2 } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { CommandModal } from './command-modal'
import { CostPanel } from './cost-panel'
import { showSetting, usePlanForm } from './form'
import { MemoryPanel } from './memory-panel'
import classes from './new-run.module.css'
import { IssueLine } from './setting'

/** Leads to the setting that the issue is about. */
function IssueLink({ issue }: { readonly issue: PlanIssue }) {
  const { draft } = usePlanForm()
  const setting = describedByPath(draft, issue.path)
  if (!setting) return <IssueLine issue={issue} />
  return (
    <UnstyledButton onClick={() => showSetting(setting)} display="block" w="100%">
      <Text size="xs" fw={500} mt={4}>
        {setting.label}
      </Text>
      <IssueLine issue={issue} />
    </UnstyledButton>
  )
}

function Readiness() {
  const { issues, isChecking, plan } = usePlanForm()
  const errors = issues.filter(({ severity }) => severity === 'error')
  const warnings = issues.filter(({ severity }) => severity === 'warning')
  const isReady = plan !== null && errors.length === 0
  const look = isChecking
    ? { icon: <IconLoader2 size={18} color="var(--quiet)" />, words: 'Checking model and data' }
    : isReady
      ? { icon: <IconCircleCheck size={18} color="var(--helped)" />, words: 'Ready' }
      : {
          icon: <IconAlertCircle size={18} color="var(--hurt)" />,
          words: `Not ready: ${plural(errors.length, 'error')}`,
        }
  return (
    <Box p="10px 12px">
      <Group gap="xs" wrap="nowrap" aria-live="polite">
        {look.icon}
        <Title order={2}>{look.words}</Title>
        {warnings.length > 0 && (
          <Text size="sm" className="quiet">
            {plural(warnings.length, 'warning')}
          </Text>
        )}
      </Group>
      {[...errors, ...warnings].map((issue) => (
        <IssueLink key={`${issue.path} ${issue.message}`} issue={issue} />
      ))}
    </Box>
  )
}

const SHOWN_ABOVE = ['name', 'model.path', 'data.train.path', 'data.eval.path', 'objective.kind']

function Changes() {
  const { draft } = usePlanForm()
  const changed = chosenLeaves(draft).filter((leaf) => !SHOWN_ABOVE.includes(leaf.path) && hasEffect(draft, leaf))
  return (
    <Box>
      <Title order={3} size="sm" mb={4}>
        Changed settings <span className="quiet">{changed.length}</span>
      </Title>
      {changed.length === 0 && (
        <Text size="xs" className="quiet">
          None: every setting is at its default.
        </Text>
      )}
      {changed.map(({ id }) => {
        const setting = describedById(id)
        return (
          <UnstyledButton key={id} onClick={() => showSetting(setting)} display="block" w="100%">
            <Group justify="space-between" wrap="nowrap" gap="sm">
              <Text size="xs" className="clip">
                {setting.label} <span className="quiet">{setting.symbol}</span>
              </Text>
              <Text size="xs" className="clip" maw={140}>
                {valueText(setting, draft[id])}
              </Text>
            </Group>
          </UnstyledButton>
        )
      })}
    </Box>
  )
}

function Start() {
  const { plan, issues, isChecking } = usePlanForm()
  const { active, queue } = useLive()
  const [, go] = useLocation()
  const [isOpen, command] = useDisclosure()
  const start = useMutation({
    mutationFn: async () => {
      if (plan) go(`/runs/${(await api.runs.start({ plan })).id}`)
    },
  })
  const isReady = plan !== null && !isChecking && !issues.some(({ severity }) => severity === 'error')
  return (
    <Box className={classes.sideFoot}>
      {active && (
        <Text size="xs" className="quiet clip" mb={6}>
          Starts after {active.name}
          {queue.length > 0 ? ` and ${queue.length} waiting` : ''}
        </Text>
      )}
      <Group gap="sm" wrap="nowrap">
        <Button
          flex={1}
          size="sm"
          leftSection={<IconPlayerPlay size={16} />}
          disabled={!isReady}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {active ? 'Add to queue' : 'Start'}
        </Button>
        <Button variant="default" size="sm" leftSection={<IconTerminal2 size={16} />} onClick={command.open}>
          Command
        </Button>
      </Group>
      {start.error && (
        <Text size="xs" c="var(--hurt)" role="alert" mt={6} style={{ overflowWrap: 'anywhere' }}>
          {messageOf(start.error)}
        </Text>
      )}
      <CommandModal isOpen={isOpen} onClose={command.close} />
    </Box>
  )
}

export function SideCard() {
  const { plan, facts } = usePlanForm()
  return (
    <Box component="aside" className={`panel ${classes.side}`} aria-label="The plan so far">
      <Readiness />
      <Box className={classes.sideBody}>
        {plan && facts && <MemoryPanel plan={plan} facts={facts} />}
        {plan && <CostPanel plan={plan} facts={facts} />}
        <Changes />
      </Box>
      <Start />
    </Box>
  )
}
