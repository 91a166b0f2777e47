/** One setting: its label, symbol and unit, its control, what it does, and problems with its value. */
import { Box, Group, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { valueText } from '@renderer/lib/setting-text'
import { isApplicable } from '@shared/plan/draft'
import type { DescribedLeaf } from '@shared/plan/fields'
import type { PlanIssue } from '@shared/plan/issue'
import { rangeWords } from '@shared/plan/range'
import { IconAlertTriangle, IconExclamationCircle, IconHelpCircle, IconInfoCircle } from '@tabler/icons-react'
import type { KeyboardEvent, ReactNode } from 'react'
import { Control, type SettingIds } from './controls'
import { settingElementId, usePlanForm } from './form'
import classes from './new-run.module.css'

function Help({ setting }: { readonly setting: DescribedLeaf }) {
  const { leaf, what, advice, aliases } = setting
  const range = rangeWords(leaf)
  const facts = [
    ...(range ? [range] : []),
    ...(leaf.default === undefined ? [] : [`default ${valueText(setting, leaf.default) || 'empty'}`]),
  ]
  return (
    <Box py={2}>
      <Text size="sm">{what}</Text>
      <Text size="sm" mt={4}>
        <b>Try</b> {advice}
      </Text>
      {facts.length > 0 && (
        <Text size="xs" mt={4} opacity={0.8}>
          {facts.join(' · ')}
        </Text>
      )}
      <Text size="xs" opacity={0.8}>
        {leaf.path} · also called {aliases.slice(0, 3).join(', ')}
      </Text>
    </Box>
  )
}

const MARKS = {
  error: { icon: IconExclamationCircle, color: 'var(--hurt)', word: 'Error' },
  warning: { icon: IconAlertTriangle, color: 'var(--hurt)', word: 'Warning' },
  hint: { icon: IconInfoCircle, color: 'var(--quiet)', word: 'Note' },
} as const

export function IssueLine({ issue }: { readonly issue: PlanIssue }) {
  const { icon: Mark, color, word } = MARKS[issue.severity]
  return (
    <Group gap={4} wrap="nowrap" align="flex-start" mt={3}>
      <Mark size={14} color={color} role="img" aria-label={word} style={{ flexShrink: 0, marginTop: 2 }} />
      <Text
        size="xs"
        c={issue.severity === 'hint' ? 'var(--quiet)' : 'var(--hurt)'}
        style={{ overflowWrap: 'anywhere' }}
      >
        {issue.message}
      </Text>
    </Group>
  )
}

export function SettingIssues({ path }: { readonly path: string }) {
  const { issues } = usePlanForm()
  return issues.filter((issue) => issue.path === path).map((issue) => <IssueLine key={issue.message} issue={issue} />)
}

interface SettingProps {
  readonly setting: DescribedLeaf
  /** Replaces the usual control. */
  readonly children?: (ids: SettingIds) => ReactNode
  readonly isWide?: boolean
}

/** Opens on hover of the question mark, on a click of it, and with F1 in the field; above the label, so that it hides neither field nor problems. */
function HelpMark({
  setting,
  isOpen,
  onToggle,
}: {
  readonly setting: DescribedLeaf
  readonly isOpen: boolean
  readonly onToggle: () => void
}) {
  return (
    <Tooltip
      label={<Help setting={setting} />}
      {...(isOpen ? { opened: true } : {})}
      events={{ hover: true, focus: false, touch: true }}
      position="top-start"
      openDelay={200}
      maw={380}
      px="sm"
    >
      {/* Not a stop of the Tab key: the field itself has the same text as its description. */}
      <UnstyledButton tabIndex={-1} className={classes.help} aria-label={`About ${setting.label}`} onClick={onToggle}>
        <IconHelpCircle size={13} aria-hidden />
      </UnstyledButton>
    </Tooltip>
  )
}

/** A switch has its label beside it; all others above. */
export function Setting({ setting, children, isWide = false }: SettingProps) {
  const { draft, issues } = usePlanForm()
  const [isHelpOpen, help] = useDisclosure()
  const { leaf, label, symbol, unit, what, advice } = setting
  if (!isApplicable(draft, leaf)) return null
  const id = settingElementId(leaf.id)
  const isSwitch = leaf.type === 'boolean'
  const own = issues.filter(({ path }) => path === leaf.path)
  const hasError = own.some(({ severity }) => severity === 'error')
  const ids = { input: `${id}-input`, help: [...own.map(({ message }) => message), what, advice].join(' ') }
  const mark = <HelpMark setting={setting} isOpen={isHelpOpen} onToggle={help.toggle} />
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'F1') help.toggle()
    else if (event.key === 'Escape') help.close()
    if (event.key === 'F1') event.preventDefault()
  }
  return (
    <Box
      id={id}
      className={isWide ? classes.wide : undefined}
      style={{ minWidth: 0 }}
      onKeyDown={onKeyDown}
      onBlur={help.close}
    >
      <Box className={isSwitch ? classes.switch : undefined}>
        {!isSwitch && (
          <Group justify="space-between" gap="xs" wrap="nowrap" mb={2}>
            <Group gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
              <Text component="label" size="sm" fw={500} htmlFor={ids.input} className="clip">
                {label}
                {symbol && <span className={classes.symbol}> {symbol}</span>}
              </Text>
              {mark}
            </Group>
            {unit && (
              <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
                {unit}
              </Text>
            )}
          </Group>
        )}
        {children ? children(ids) : <Control setting={setting} ids={ids} hasError={hasError} />}
        {isSwitch && mark}
      </Box>
      <SettingIssues path={leaf.path} />
    </Box>
  )
}
