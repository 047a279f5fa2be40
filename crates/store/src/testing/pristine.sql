-- Runs once in the template of test databases. A database that was lent is made as good as new without being made anew:
-- copying one costs more than most tests do.
CREATE SCHEMA pristine;

-- What a test may not have changed when its database is lent again.
CREATE FUNCTION pristine.shape() RETURNS text LANGUAGE sql AS $$
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', c.relname, c.relkind, c.relnatts, c.relchecks, c.relhastriggers, c.relrowsecurity, c.reloptions)
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat('schema ', nspname) FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%'
        UNION ALL SELECT concat('function ', oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT concat('setting ', setconfig) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
            WHERE d.datname = current_database()
    ) AS everything (line)
$$;

-- Rows that migrations wrote.
DO $$
DECLARE
    one text;
    found boolean;
BEGIN
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one) INTO found;
        IF found THEN
            EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', one);
        END IF;
    END LOOP;
END $$;

CREATE VIEW pristine.was AS SELECT ''::text AS shape;

-- Puts the rows back as they were. False when more than rows has changed: such a database is thrown away.
CREATE FUNCTION pristine.restore() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT relname, pg_relation_size(oid) AS bytes FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        CONTINUE WHEN one.bytes = 0;
        -- Nobody vacuums here. Few dead rows are cheaper than new files.
        IF one.bytes > 65536 THEN
            EXECUTE format('TRUNCATE public.%I', one.relname);
        ELSE
            EXECUTE format('DELETE FROM public.%I', one.relname);
        END IF;
    END LOOP;
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'pristine'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', one.relname);
    END LOOP;
    RETURN pristine.shape() = (SELECT shape FROM pristine.was);
END $$;

-- Last, since it looks at all of the above.
DO $$ BEGIN
    EXECUTE format('CREATE OR REPLACE VIEW pristine.was AS SELECT %L::text AS shape', pristine.shape());
END $$;
