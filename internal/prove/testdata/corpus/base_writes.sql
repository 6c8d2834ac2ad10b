-- Writes over schema base.sql.

-- name: UpdatePrice
-- safe
UPDATE product SET price = @price, updated_at = unixepoch() WHERE id = @id AND organization_id = @organization_id;
-- name: UpdateReturning
-- safe
UPDATE product SET stock = stock - @n WHERE id = @id AND organization_id = @organization_id AND stock >= @n RETURNING id, stock;
-- name: SoftDelete
-- safe
UPDATE product SET deleted_at = unixepoch(), updated_by = @user_id WHERE id = @id AND organization_id = @organization_id AND deleted_at IS NULL;
-- name: Restore
-- safe
UPDATE product SET deleted_at = NULL, version = version + 1 WHERE id = @id AND organization_id = @organization_id AND version = @version;
-- name: BulkUpdateJson
-- safe
UPDATE product SET price = price * 2 WHERE organization_id = @organization_id AND id IN (SELECT value FROM json_each(@ids));
-- name: PartialUpdate
-- safe
UPDATE product SET name = coalesce(@name, name), description = coalesce(@description, description) WHERE id = @id AND organization_id = @organization_id;
-- name: UpdateOrganizationName
-- safe
UPDATE organization SET name = @name WHERE id = @organization_id;
-- name: SetCategoryChecked
-- safe
UPDATE product SET category_id = (SELECT id FROM category WHERE id = @category_id AND organization_id = @organization_id) WHERE id = @id AND organization_id = @organization_id;
-- name: SetCategoryExists
-- safe
UPDATE product SET category_id = @category_id WHERE id = @id AND organization_id = @organization_id AND EXISTS (SELECT 1 FROM category WHERE id = @category_id AND organization_id = @organization_id);
-- name: SetCategoryFrom
-- safe
UPDATE product SET category_id = c.id FROM category c WHERE product.id = @id AND product.organization_id = @organization_id AND c.organization_id = product.organization_id AND c.name = @category;
-- name: ClearCategory
-- safe
UPDATE product SET category_id = NULL WHERE organization_id = @organization_id AND category_id = @category_id;
-- name: AssignMember
-- safe
UPDATE product SET assignee_id = (SELECT user_id FROM member WHERE user_id = @assignee AND organization_id = @organization_id) WHERE id = @id AND organization_id = @organization_id;
-- name: AssignMe
-- safe
UPDATE product SET assignee_id = @user_id WHERE id = @id AND organization_id = @organization_id;
-- name: AssignIfMember
-- safe
UPDATE product SET assignee_id = @assignee WHERE id = @id AND organization_id = @organization_id AND @assignee IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: AssignIfMemberExists
-- safe
UPDATE product SET assignee_id = @assignee WHERE id = @id AND organization_id = @organization_id AND EXISTS (SELECT 1 FROM member m WHERE m.user_id = @assignee AND m.organization_id = product.organization_id);
-- name: MoveTeamMember
-- safe
UPDATE team_member SET team_id = (SELECT id FROM team WHERE id = @to AND organization_id = @organization_id) WHERE user_id = @user AND team_id IN (SELECT id FROM team WHERE id = @from AND organization_id = @organization_id);
-- name: ReparentCategory
-- safe
UPDATE category SET parent_id = (SELECT p.id FROM category p WHERE p.id = @parent AND p.organization_id = @organization_id) WHERE id = @id AND organization_id = @organization_id;
-- name: SetRole
-- safe
UPDATE member SET role = @role WHERE user_id = @member AND organization_id = @organization_id;
-- name: UpdateFromCount
-- safe
UPDATE category SET name = name || ' (' || s.n || ')' FROM (SELECT category_id, count(*) AS n FROM product WHERE organization_id = @organization_id GROUP BY category_id) s WHERE s.category_id = category.id AND category.organization_id = @organization_id;
-- name: UpdateWithCte
-- safe
WITH stale AS (SELECT id FROM product WHERE organization_id = @organization_id AND updated_at < @before) UPDATE product SET stock = 0 WHERE id IN (SELECT id FROM stale);
-- name: UpdateVector
-- safe
UPDATE product SET (name, price) = (@name, @price) WHERE id = @id AND organization_id = @organization_id;
-- name: UpdateSameTenantAgain
-- safe
UPDATE product SET organization_id = @organization_id, name = @name WHERE id = @id AND organization_id = @organization_id;
-- name: DeleteProduct
-- safe
DELETE FROM product WHERE id = @id AND organization_id = @organization_id;
-- name: DeleteReturning
-- safe
DELETE FROM product WHERE organization_id = @organization_id AND deleted_at < @before RETURNING id, name;
-- name: DeleteTeamMember
-- safe
DELETE FROM team_member WHERE user_id = @user AND team_id IN (SELECT id FROM team WHERE organization_id = @organization_id);
-- name: DeleteTeam
-- safe
DELETE FROM team WHERE id = @id AND organization_id = @organization_id;
-- name: RemoveMember
-- safe
DELETE FROM member WHERE organization_id = @organization_id AND user_id = @user AND role <> 'owner';
-- name: RevokeInvitations
-- safe
DELETE FROM invitation WHERE organization_id = @organization_id AND email = @email;
-- name: DeleteOrphans
-- safe
DELETE FROM invitation WHERE organization_id = @organization_id AND inviter_id NOT IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: InsertProduct
-- safe
INSERT INTO product (id, organization_id, sku, name, price, created_by) VALUES (@id, @organization_id, @sku, @name, @price, @user_id) RETURNING *;
-- name: InsertMany
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id1, @organization_id, @sku1, @name1, @user_id), (@id2, @organization_id, @sku2, @name2, @user_id);
-- name: InsertFromJson
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT value ->> 'id', @organization_id, value ->> 'sku', value ->> 'name', @user_id FROM json_each(@rows);
-- name: InsertCheckedCategory
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by, category_id) VALUES (@id, @organization_id, @sku, @name, @user_id, (SELECT id FROM category WHERE id = @category AND organization_id = @organization_id));
-- name: InsertSelectCategory
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by, category_id) SELECT @id, c.organization_id, @sku, @name, @user_id, c.id FROM category c WHERE c.id = @category AND c.organization_id = @organization_id;
-- name: InsertIfMember
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT @id, @organization_id, @sku, @name, m.user_id FROM member m WHERE m.organization_id = @organization_id AND m.user_id = @creator;
-- name: InsertWhereExistsMember
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT @id, @organization_id, @sku, @name, @creator WHERE EXISTS (SELECT 1 FROM member WHERE organization_id = @organization_id AND user_id = @creator);
-- name: InsertTeam
-- safe
INSERT INTO team (id, organization_id, name) VALUES (@id, @organization_id, @name);
-- name: AddTeamMember
-- safe
INSERT INTO team_member (id, team_id, user_id) SELECT @id, t.id, m.user_id FROM team t JOIN member m ON m.organization_id = t.organization_id WHERE t.id = @team AND t.organization_id = @organization_id AND m.user_id = @member;
-- name: AddTeamMemberOnce
-- safe
INSERT INTO team_member (id, team_id, user_id) SELECT @id, t.id, m.user_id FROM team t, member m WHERE t.id = @team AND t.organization_id = @organization_id AND m.organization_id = @organization_id AND m.user_id = @member ON CONFLICT (team_id, user_id) DO NOTHING;
-- name: JoinTeamMyself
-- safe
INSERT INTO team_member (id, team_id, user_id) SELECT @id, id, @user_id FROM team WHERE id = @team AND organization_id = @organization_id;
-- name: AddMember
-- safe
INSERT INTO member (id, organization_id, user_id, role) VALUES (@id, @organization_id, @new_user, @role);
-- name: AddMemberOnce
-- safe
INSERT INTO member (id, organization_id, user_id, role) VALUES (@id, @organization_id, @new_user, @role) ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role;
-- name: Invite
-- safe
INSERT INTO invitation (id, organization_id, email, role, inviter_id, expires_at) VALUES (@id, @organization_id, @email, @role, @user_id, unixepoch() + 86400);
-- name: InviteToTeam
-- safe
INSERT INTO invitation (id, organization_id, email, inviter_id, team_id) SELECT @id, @organization_id, @email, @user_id, t.id FROM team t WHERE t.organization_id = @organization_id AND t.name = @team;
-- name: UpsertProduct
-- safe
INSERT INTO product (id, organization_id, sku, name, price, created_by) VALUES (@id, @organization_id, @sku, @name, @price, @user_id) ON CONFLICT (organization_id, sku) DO UPDATE SET name = excluded.name, price = excluded.price, updated_by = @user_id RETURNING id;
-- name: UpsertWhere
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (organization_id, sku) DO UPDATE SET name = excluded.name WHERE product.deleted_at IS NULL;
-- name: UpsertNothing
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (organization_id, sku) DO NOTHING;
-- name: UpsertTeam
-- safe
INSERT INTO team (id, organization_id, name) VALUES (@id, @organization_id, @name) ON CONFLICT (organization_id, name) DO UPDATE SET name = excluded.name RETURNING id;
-- name: UpsertSelect
-- safe
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT value ->> 'id', @organization_id, value ->> 'sku', value ->> 'name', @user_id FROM json_each(@rows) WHERE true ON CONFLICT (organization_id, sku) DO UPDATE SET name = excluded.name;
-- name: CopyProduct
-- safe
INSERT INTO product (id, organization_id, sku, name, price, created_by) SELECT @new_id, organization_id, sku || '-copy', name, price, @user_id FROM product WHERE id = @id AND organization_id = @organization_id;
-- name: InsertUnnamedColumns
-- safe
INSERT INTO team VALUES (@id, @organization_id, @name, unixepoch());
-- name: SetPreference
-- safe: actor
INSERT INTO preference (user_id, theme) VALUES (@user_id, @theme) ON CONFLICT (user_id) DO UPDATE SET theme = excluded.theme;
-- name: RenameMyself
-- safe: actor
UPDATE user SET name = @name, updated_at = unixepoch() WHERE id = @user_id;
-- name: LeaveOrganization
-- safe: actor
DELETE FROM member WHERE user_id = @user_id AND organization_id = @some_org;

-- name: UpdateById
-- unsafe: any tenant's row
UPDATE product SET price = @price WHERE id = @id;
-- name: UpdateAll
-- unsafe: every tenant's rows
UPDATE product SET price = 0;
-- name: UpdateOr
-- unsafe: AND binds tighter than OR
UPDATE product SET price = 0 WHERE organization_id = @organization_id AND stock = 0 OR price < 1;
-- name: UpdateMovesTenant
-- unsafe: the row moves to another tenant
UPDATE product SET organization_id = @target WHERE id = @id AND organization_id = @organization_id;
-- name: UpdateSteals
-- unsafe: takes another tenant's row
UPDATE product SET organization_id = @organization_id WHERE id = @id;
-- name: SetTwice
-- unsafe: the last assignment wins
UPDATE product SET organization_id = @organization_id, organization_id = @other WHERE organization_id = @organization_id;
-- name: SetCategoryHostile
-- unsafe: the category may be another tenant's
UPDATE product SET category_id = @category_id WHERE id = @id AND organization_id = @organization_id;
-- name: SetCategoryUnscopedSubquery
-- unsafe: the category may be another tenant's
UPDATE product SET category_id = (SELECT id FROM category WHERE name = @name) WHERE id = @id AND organization_id = @organization_id;
-- name: SetCategoryCoalesce
-- unsafe: the parameter may be another tenant's category
UPDATE product SET category_id = coalesce(@category_id, category_id) WHERE id = @id AND organization_id = @organization_id;
-- name: SetCategoryCaseHole
-- unsafe: the ELSE stores whatever was given
UPDATE product SET category_id = CASE WHEN EXISTS (SELECT 1 FROM category WHERE id = @c AND organization_id = @organization_id) THEN @c ELSE @d END WHERE id = @id AND organization_id = @organization_id;
-- name: AssignAnyone
-- unsafe: the user may not be a member
UPDATE product SET assignee_id = @assignee WHERE id = @id AND organization_id = @organization_id;
-- name: AssignMemberElsewhere
-- unsafe: a member of some organization
UPDATE product SET assignee_id = @assignee WHERE id = @id AND organization_id = @organization_id AND EXISTS (SELECT 1 FROM member WHERE user_id = @assignee);
-- name: SetUpdatedByAnyone
-- unsafe: the user may not be a member
UPDATE product SET updated_by = @by WHERE id = @id AND organization_id = @organization_id;
-- name: ReparentHostile
-- unsafe: the parent may be another tenant's
UPDATE category SET parent_id = @parent WHERE id = @id AND organization_id = @organization_id;
-- name: MoveTeamMemberHostile
-- unsafe: the team may be another tenant's
UPDATE team_member SET team_id = @to WHERE id = @id AND team_id IN (SELECT id FROM team WHERE organization_id = @organization_id);
-- name: MoveForeignTeamMember
-- unsafe: the row moved may be another tenant's
UPDATE team_member SET team_id = (SELECT id FROM team WHERE id = @to AND organization_id = @organization_id) WHERE id = @id;
-- name: UpdateFromUnscoped
-- unsafe: the categories of all tenants are read
UPDATE product SET description = c.name FROM category c WHERE c.id = product.category_id AND product.organization_id = @organization_id;
-- name: UpdateFromTargetUnscoped
-- unsafe: the target is not tied
UPDATE product SET price = 0 FROM organization o WHERE o.id = @organization_id;
-- name: UpdateSetSubqueryUnscoped
-- unsafe: the maximum is over all tenants
UPDATE product SET price = (SELECT max(price) FROM product) WHERE organization_id = @organization_id;
-- name: UpdateInLimit
-- unsafe: the first rows of all tenants
UPDATE product SET stock = 0 WHERE organization_id = @organization_id AND id IN (SELECT id FROM product ORDER BY stock LIMIT 5);
-- name: UpdateUser
-- unsafe: a user is not the tenant's
UPDATE user SET name = @name WHERE id IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: UpdateAnyUser
-- unsafe: any user
UPDATE user SET name = @name WHERE id = @someone;
-- name: UpdateCountry
-- unsafe: global rows are everyone's
UPDATE country SET name = @name WHERE code = @code;
-- name: UpdateSession
-- unsafe: private
UPDATE session SET active_organization_id = @organization_id WHERE user_id = @user_id;
-- name: UpdateAnyOrganization
-- unsafe: any tenant
UPDATE organization SET name = @name WHERE slug = @slug;
-- name: UpdateRootKey
-- unsafe: the tenant changes its key
UPDATE organization SET id = @new WHERE id = @organization_id;
-- name: UpdateOrReplace
-- unsafe: replaces a row whose id collides, whose ever it is
UPDATE OR REPLACE product SET id = @new_id WHERE id = @id AND organization_id = @organization_id;
-- name: UpdateOrIgnore
-- unsafe: whether it is ignored depends on all tenants' ids
UPDATE OR IGNORE product SET id = @new_id WHERE id = @id AND organization_id = @organization_id;
-- name: DeleteById
-- unsafe: any tenant's row
DELETE FROM product WHERE id = @id;
-- name: DeleteAll
-- unsafe: every tenant's rows
DELETE FROM product;
-- name: DeleteCategory
-- unsafe: ON DELETE SET NULL reaches other tenants' products that name it
DELETE FROM category WHERE id = @id AND organization_id = @organization_id;
-- name: DeleteTeamMembersByUser
-- unsafe: teams of all tenants
DELETE FROM team_member WHERE user_id = @user;
-- name: DeleteUser
-- unsafe: a user is not the tenant's
DELETE FROM user WHERE id = @user_id;
-- name: DeleteNotIn
-- unsafe: what is kept depends on all tenants
DELETE FROM product WHERE organization_id = @organization_id AND id NOT IN (SELECT id FROM product ORDER BY created_at DESC LIMIT 100);
-- name: DeleteSessions
-- unsafe: private
DELETE FROM session WHERE user_id IN (SELECT user_id FROM member WHERE organization_id = @organization_id);
-- name: DeleteReturningUnscoped
-- unsafe: RETURNING counts all tenants' rows
DELETE FROM product WHERE id = @id AND organization_id = @organization_id RETURNING (SELECT count(*) FROM product);
-- name: InsertOtherTenant
-- unsafe: the row is another tenant's
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @org, @sku, @name, @user_id);
-- name: InsertNoTenant
-- unsafe: nothing gives the tenant
INSERT INTO product (id, sku, name, created_by) VALUES (@id, @sku, @name, @user_id);
-- name: InsertSecondRowOther
-- unsafe: the second row is another tenant's
INSERT INTO team (id, organization_id, name) VALUES (@a, @organization_id, @n), (@b, @other, @n);
-- name: InsertHostileCategory
-- unsafe: the category may be another tenant's
INSERT INTO product (id, organization_id, sku, name, created_by, category_id) VALUES (@id, @organization_id, @sku, @name, @user_id, @category);
-- name: InsertHostileCreator
-- unsafe: the creator may not be a member
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @creator);
-- name: InsertTeamMemberHostileTeam
-- unsafe: the team may be another tenant's
INSERT INTO team_member (id, team_id, user_id) VALUES (@id, @team, @user_id);
-- name: InsertTeamMemberHostileUser
-- unsafe: the user may not be a member
INSERT INTO team_member (id, team_id, user_id) SELECT @id, id, @user FROM team WHERE id = @team AND organization_id = @organization_id;
-- name: InsertInvitationHostileTeam
-- unsafe: the team may be another tenant's
INSERT INTO invitation (id, organization_id, email, inviter_id, team_id) VALUES (@id, @organization_id, @email, @user_id, @team);
-- name: InsertSelectUnscoped
-- unsafe: copies every tenant's rows
INSERT INTO team (id, organization_id, name) SELECT id || '-copy', @organization_id, name FROM team;
-- name: InsertSelectCount
-- unsafe: stores a count over all tenants
INSERT INTO team (id, organization_id, name) SELECT @id, @organization_id, 'team ' || count(*) FROM team;
-- name: CopyKeepsCategory
-- unsafe: the copied key may name another tenant's category
INSERT INTO product (id, organization_id, sku, name, created_by, category_id) SELECT @new_id, organization_id, sku || '2', name, @user_id, category_id FROM product WHERE id = @id AND organization_id = @organization_id;
-- name: CopyKeepsCreator
-- unsafe: the creator may no longer be a member
INSERT INTO product (id, organization_id, sku, name, created_by) SELECT @new_id, organization_id, sku || '2', name, created_by FROM product WHERE id = @id AND organization_id = @organization_id;
-- name: InsertUser
-- unsafe: users are not the tenant's
INSERT INTO user (id, name, email) VALUES (@id, @name, @email);
-- name: InsertCountry
-- unsafe: global rows are everyone's
INSERT INTO country (code, name) VALUES (@code, @name);
-- name: InsertSession
-- unsafe: private
INSERT INTO session (id, token, user_id) VALUES (@id, @token, @user_id);
-- name: InsertOrganization
-- unsafe: another tenant comes to be
INSERT INTO organization (id, name, slug) VALUES (@id, @name, @slug);
-- name: UpsertOnId
-- unsafe: the id may be another tenant's row
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
-- name: UpsertOnIdStealsTenant
-- unsafe: excluded.organization_id proves nothing of the stored row
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE excluded.organization_id = @organization_id;
-- name: UpsertOnIdGuarded
-- unsafe: whether the row is stored depends on another tenant's id
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (id) DO UPDATE SET name = excluded.name WHERE product.organization_id = @organization_id;
-- name: UpsertAny
-- unsafe: the conflict may be on the id
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT DO UPDATE SET name = excluded.name;
-- name: UpsertNothingAny
-- unsafe: whether the row is stored depends on another tenant's id
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT DO NOTHING;
-- name: InsertOrIgnore
-- unsafe: whether the row is stored depends on another tenant's id
INSERT OR IGNORE INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id);
-- name: InsertOrReplace
-- unsafe: deletes the row of that id, whose ever it is
INSERT OR REPLACE INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id);
-- name: ReplaceInto
-- unsafe: deletes the row of that id, whose ever it is
REPLACE INTO team (id, organization_id, name) VALUES (@id, @organization_id, @name);
-- name: UpsertMovesTenant
-- unsafe: the stored row moves to another tenant
INSERT INTO team (id, organization_id, name) VALUES (@id, @organization_id, @name) ON CONFLICT (organization_id, name) DO UPDATE SET organization_id = @other;
-- name: UpsertHostileCategory
-- unsafe: the category may be another tenant's
INSERT INTO product (id, organization_id, sku, name, created_by) VALUES (@id, @organization_id, @sku, @name, @user_id) ON CONFLICT (organization_id, sku) DO UPDATE SET category_id = @category;
-- name: UpsertSlug
-- unsafe: the slug may be another tenant's
INSERT INTO organization (id, name, slug) VALUES (@organization_id, @name, @slug) ON CONFLICT (slug) DO UPDATE SET name = excluded.name;
-- name: InsertReturningUser
-- unsafe: shows any user by id
INSERT INTO member (id, organization_id, user_id, role) VALUES (@id, @organization_id, @new_user, 'member') RETURNING (SELECT email FROM user WHERE user.id = member.user_id);
-- name: BecomeMember
-- unsafe: joins any organization
INSERT INTO member (id, organization_id, user_id, role) VALUES (@id, @org, @user_id, 'owner');
-- name: ActorMovesMembership
-- unsafe: moves the membership to any organization
UPDATE member SET organization_id = @org WHERE user_id = @user_id;
-- name: ActorGivesMembershipAway
-- unsafe: any user becomes a member
UPDATE member SET user_id = @someone WHERE user_id = @user_id AND organization_id = @some_org AND 1;
-- name: ActorTakesUser
-- unsafe: changes any user
UPDATE user SET email = @email WHERE id = @id;
