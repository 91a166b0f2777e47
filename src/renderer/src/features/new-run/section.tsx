/** A section of the form with its settings in groups. */
import { Box, Group, Text, Title } from '@mantine/core'
import { DESCRIBED_LEAVES, type DescribedLeaf, type PlanSection } from '@shared/plan/fields'
import { hasEffect } from '@shared/plan/relevance'
import type { ReactNode } from 'react'
import { usePlanForm } from './form'
import classes from './new-run.module.css'
import { Setting } from './setting'

interface SectionProps {
  readonly id: PlanSection
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

export function Section({ id, title, text, children }: SectionProps) {
  return (
    <Box component="section" className={`panel ${classes.section}`} aria-labelledby={`section-${id}`}>
      <Group gap="sm" align="baseline" mb="sm">
        <Title order={2} id={`section-${id}`}>
          {title}
        </Title>
        <Text size="xs" className="quiet">
          {text}
        </Text>
      </Group>
      {children}
    </Box>
  )
}

/** The simple form shows the simple settings and those that were changed or have a problem. */
export function useVisible(): (setting: DescribedLeaf) => boolean {
  const { draft, isAdvanced, issues } = usePlanForm()
  return ({ leaf, isSimple }) =>
    hasEffect(draft, leaf) &&
    (isAdvanced ||
      isSimple === true ||
      draft[leaf.id] !== undefined ||
      issues.some(({ path, severity }) => path === leaf.path && severity !== 'hint'))
}

interface SettingGroupProps {
  readonly name: DescribedLeaf['group']
  /** Ids of settings that are shown elsewhere. */
  readonly without?: readonly string[]
  /** Shown before the settings. */
  readonly children?: ReactNode
  readonly hasTitle?: boolean
}

const WIDE = ['data.template', 'adaptation.targets', 'name']

/** The visible settings of a group; nothing if there are none. */
export function SettingGroup({ name, without = [], children, hasTitle = true }: SettingGroupProps) {
  const isVisible = useVisible()
  const settings = DESCRIBED_LEAVES.filter(
    (setting) => setting.group === name && !without.includes(setting.leaf.path) && isVisible(setting),
  )
  if (settings.length === 0 && !children) return null
  return (
    <Box>
      {hasTitle && (
        <Title order={3} size="sm" className={`quiet ${classes.group}`}>
          {name}
        </Title>
      )}
      <Box className={classes.grid}>
        {children}
        {settings.map((setting) => (
          <Setting key={setting.leaf.id} setting={setting} isWide={WIDE.includes(setting.leaf.path)} />
        ))}
      </Box>
    </Box>
  )
}
