// SPDX-License-Identifier: MIT
/* Who maps a file: a tree of VMAs by their pages in it, each node with the last of its subtree. */
#include "mm/user/i_mmap.h"

static inline struct vm_area_struct *vma_of(const struct tree_node *node)
{
	return tree_entry(node, struct vm_area_struct, shared);
}

static inline unsigned long last_page(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff + vma_pages(vma) - 1;
}

static bool update_reach(struct tree_node *node)
{
	struct vm_area_struct *vma = vma_of(node);
	unsigned long reach = last_page(vma);

	if (node->left)
		reach = max(reach, vma_of(node->left)->shared_reach);
	if (node->right)
		reach = max(reach, vma_of(node->right)->shared_reach);
	if (vma->shared_reach == reach)
		return false;
	vma->shared_reach = reach;
	return true;
}

void i_mmap_insert(struct tree_root *root, struct vm_area_struct *vma)
{
	struct tree_node *parent = NULL, **link = &root->node;

	while (*link) {
		parent = *link;
		link = vma->vm_pgoff < vma_of(parent)->vm_pgoff ? &parent->left : &parent->right;
	}
	vma->shared_reach = 0;
	tree_link(&vma->shared, parent, link);
	tree_insert_augmented(&vma->shared, root, update_reach);
}

void i_mmap_remove(struct tree_root *root, struct vm_area_struct *vma)
{
	tree_erase_augmented(&vma->shared, root, update_reach);
}

/* The first in order of the subtree that ends at `first` or behind: it reaches there. */
static struct tree_node *first_reaching(struct tree_node *node, unsigned long first)
{
	for (;;) {
		if (node->left && vma_of(node->left)->shared_reach >= first)
			node = node->left;
		else if (last_page(vma_of(node)) >= first)
			return node;
		else
			node = node->right;
	}
}

static struct vm_area_struct *if_begun(struct tree_node *node, unsigned long last)
{
	return node && vma_of(node)->vm_pgoff <= last ? vma_of(node) : NULL;
}

struct vm_area_struct *i_mmap_first(const struct tree_root *root, unsigned long first,
				    unsigned long last)
{
	struct tree_node *node = root->node;

	if (!node || vma_of(node)->shared_reach < first)
		return NULL;
	return if_begun(first_reaching(node, first), last);
}

struct vm_area_struct *i_mmap_next(const struct vm_area_struct *vma, unsigned long first,
				   unsigned long last)
{
	const struct tree_node *node = &vma->shared;
	struct tree_node *parent;

	for (;;) {
		if (node->right && vma_of(node->right)->shared_reach >= first)
			return if_begun(first_reaching(node->right, first), last);
		while ((parent = node->parent) && parent->right == node)
			node = parent;
		if (!parent || last_page(vma_of(parent)) >= first)
			return if_begun(parent, last);
		node = parent;
	}
}
