"use client";

import type { SelectHTMLAttributes } from "react";
import { roles, type Role } from "@/lib/organization";

type Props = Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange" | "value"> & { label: string; value: string; onChange: (role: Role) => void; withOwner: boolean };

/** Chooses a role. Only owners make owners. */
export function RoleSelect({ label, value, onChange, withOwner, className = "", ...rest }: Props) {
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.target.value as Role)}
      className={`min-h-9 rounded-lg border border-control/60 bg-card px-2 text-sm hover:border-control disabled:opacity-60 ${className}`}
      {...rest}
    >
      {roles
        .filter((role) => withOwner || role.value !== "owner" || value === "owner")
        .map(({ value: one, name }) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
    </select>
  );
}
