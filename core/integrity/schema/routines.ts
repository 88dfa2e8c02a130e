import { grantsSql } from '../grants.ts';
import { notOfExtension, qualified, userSchema } from './catalog.ts';

const routineName = `${qualified('n.nspname', 'p.proname')} || '(' || pg_get_function_identity_arguments(p.oid) || ')'`;
/** A range type makes its own constructors and casts (a multirange's, too, since 14). */
const notOfType = (catalog: string, oid: string) => `not exists (
  select from pg_depend i where i.classid = '${catalog}'::regclass and i.objid = ${oid} and i.deptype = 'i'
     and i.refclassid in ('pg_type'::regclass, 'pg_proc'::regclass))`;
const userRoutine = `${userSchema('n.nspname')} and ${notOfExtension('pg_proc', 'p.oid')}
  and ${notOfType('pg_proc', 'p.oid')}`;

const functions = `
  select case p.prokind when 'p' then 'procedure' when 'w' then 'window function' else 'function' end as kind,
         ${routineName} as name, null as of, pg_get_userbyid(p.proowner) as owner,
         ${grantsSql('p.proacl', `'f'`, 'p.proowner')} as grants, null::json as facts, array[pg_get_functiondef(p.oid)] as sql
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where p.prokind <> 'a' and ${userRoutine}`;

const aggregates = `
  select 'aggregate' as kind, ${routineName} as name, null as of, pg_get_userbyid(p.proowner) as owner,
         ${grantsSql('p.proacl', `'f'`, 'p.proowner')} as grants,
         json_build_array(
           pg_get_function_arguments(p.oid), format_type(p.prorettype, null), p.proparallel, a.aggkind, a.aggnumdirectargs,
           a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggserialfn, a.aggdeserialfn, a.aggmtransfn, a.aggminvtransfn,
           a.aggmfinalfn, a.aggfinalextra, a.aggmfinalextra, a.aggfinalmodify, a.aggmfinalmodify, a.aggsortop::regoperator,
           a.aggtranstype::regtype, a.aggmtranstype::regtype, a.agginitval, a.aggminitval) as facts,
         null::text[] as sql
    from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid join pg_namespace n on n.oid = p.pronamespace
   where ${userRoutine}`;

const casts = `
  select 'cast' as kind, format_type(c.castsource, null) || ' as ' || format_type(c.casttarget, null) as name, null as of,
         null as owner, null::text[] as grants,
         json_build_array(c.castfunc::regprocedure, c.castcontext, c.castmethod) as facts, null::text[] as sql
    from pg_cast c
   where c.oid >= 16384 and ${notOfExtension('pg_cast', 'c.oid')} and ${notOfType('pg_cast', 'c.oid')}`;

const operators = `
  select 'operator' as kind,
         quote_ident(n.nspname) || '.' || o.oprname || '(' || format_type(nullif(o.oprleft, 0), null) || ', '
           || format_type(nullif(o.oprright, 0), null) || ')' as name,
         null as of, pg_get_userbyid(o.oprowner) as owner, null::text[] as grants,
         json_build_array(o.oprcode, o.oprcom::regoperator, o.oprnegate::regoperator, o.oprrest, o.oprjoin, o.oprcanmerge,
                          o.oprcanhash, o.oprresult::regtype) as facts,
         null::text[] as sql
    from pg_operator o join pg_namespace n on n.oid = o.oprnamespace
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_operator', 'o.oid')}`;

const operatorFamilies = `
  select 'operator family' as kind, ${qualified('n.nspname', 'f.opfname')} || ' using ' || am.amname as name, null as of,
         pg_get_userbyid(f.opfowner) as owner, null::text[] as grants,
         json_build_array(
           (select json_agg(json_build_array(o.amopstrategy, o.amopopr::regoperator, o.amoppurpose)
                            order by o.amopstrategy, o.amopopr::regoperator::text) from pg_amop o where o.amopfamily = f.oid),
           (select json_agg(json_build_array(o.amprocnum, o.amproc::regprocedure)
                            order by o.amprocnum, o.amproc::regprocedure::text) from pg_amproc o where o.amprocfamily = f.oid)
         ) as facts,
         null::text[] as sql
    from pg_opfamily f join pg_namespace n on n.oid = f.opfnamespace join pg_am am on am.oid = f.opfmethod
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_opfamily', 'f.oid')}`;

const operatorClasses = `
  select 'operator class' as kind, ${qualified('n.nspname', 'c.opcname')} || ' using ' || am.amname as name, null as of,
         pg_get_userbyid(c.opcowner) as owner, null::text[] as grants,
         json_build_array(f.opfname, c.opcintype::regtype, c.opcdefault, nullif(c.opckeytype, 0)::regtype) as facts,
         null::text[] as sql
    from pg_opclass c
    join pg_namespace n on n.oid = c.opcnamespace
    join pg_am am on am.oid = c.opcmethod
    join pg_opfamily f on f.oid = c.opcfamily
   where ${userSchema('n.nspname')} and ${notOfExtension('pg_opclass', 'c.oid')}`;

const languages = `
  select 'language' as kind, quote_ident(l.lanname) as name, null as of, pg_get_userbyid(l.lanowner) as owner,
         ${grantsSql('l.lanacl', `'l'`, 'l.lanowner')} as grants,
         json_build_array(l.lanpltrusted, l.lanplcallfoid::regproc, l.laninline::regproc, l.lanvalidator::regproc) as facts,
         null::text[] as sql
    from pg_language l
   where l.lanispl and ${notOfExtension('pg_language', 'l.oid')}`;

const eventTriggers = `
  select 'event trigger' as kind, quote_ident(t.evtname) as name, null as of, pg_get_userbyid(t.evtowner) as owner,
         null::text[] as grants,
         json_build_array(t.evtevent, t.evtenabled, t.evtfoid::regprocedure, t.evttags) as facts, null::text[] as sql
    from pg_event_trigger t
   where ${notOfExtension('pg_event_trigger', 't.oid')}`;

export const routineQueries = [
  functions,
  aggregates,
  casts,
  operators,
  operatorFamilies,
  operatorClasses,
  languages,
  eventTriggers,
] as const;
