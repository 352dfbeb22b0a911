// SPDX-License-Identifier: MIT
/*
 * pci.ids, read anew for each question: it is looked at by people, and is more than a megabyte.
 *
 *	8086  Intel Corporation
 *		29c0  82G33/G31/P35/P31 Express DRAM Controller
 *	C 06  Bridge
 *		00  Host bridge
 */
#include "drivers/pci/ids.h"

#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define CHUNK	   4096
#define LINE_BYTES 256 /* longer lines are cut */

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "8086  " at s: its number, and *name behind it; -1: it is no such thing. */
static int number_of(const char *s, unsigned int digits, const char **name)
{
	int value = 0;

	for (unsigned int i = 0; i < digits; i++, s++) {
		if (digit(*s) < 0)
			return -1;
		value = value * 16 + digit(*s);
	}
	if (s[0] != ' ' || s[1] != ' ')
		return -1;
	*name = s + 2;
	return value;
}

void pci_names_line(struct pci_name_search *search, const char *line)
{
	const char *name;

	if (line[0] == '#' || !line[0] || (line[0] == '\t' && line[1] == '\t'))
		return;
	if (line[0] == '\t') {
		if (search->in_vendor && number_of(line + 1, 4, &name) == search->device)
			strscpy(search->names->device, name, PCI_NAME_MAX);
		if (search->in_class && number_of(line + 1, 2, &name) == (search->class_id & 0xff))
			strscpy(search->names->class_name, name, PCI_NAME_MAX);
		return;
	}
	search->in_class = line[0] == 'C' && line[1] == ' ' &&
			   number_of(line + 2, 2, &name) == search->class_id >> 8;
	if (search->in_class)
		strscpy(search->names->class_name, name, PCI_NAME_MAX);
	search->in_vendor = number_of(line, 4, &name) == search->vendor;
	if (search->in_vendor)
		strscpy(search->names->vendor, name, PCI_NAME_MAX);
}

static struct file *open_ids(void)
{
	struct file *file = filp_open("/usr/share/misc/pci.ids", O_RDONLY, 0);

	return IS_ERR(file) ? filp_open("/pci.ids", O_RDONLY, 0) : file;
}

/* `line` grows by the chunk's bytes, and is given away at each end of one. */
static unsigned int take_lines(struct pci_name_search *search, const char *chunk, size_t n,
			       char *line, unsigned int length)
{
	for (size_t i = 0; i < n; i++) {
		if (chunk[i] == '\n') {
			line[length] = '\0';
			pci_names_line(search, line);
			length = 0;
		} else if (length < LINE_BYTES - 1) {
			line[length++] = chunk[i];
		}
	}
	return length;
}

bool pci_names_find(u16 vendor, u16 device, u16 class_id, struct pci_names *names)
{
	struct pci_name_search search = { vendor, device, class_id, false, false, names };
	struct file *file = open_ids();
	char *chunk = kmalloc(CHUNK, GFP_KERNEL), line[LINE_BYTES];
	unsigned int length = 0;
	loff_t pos = 0;
	ssize_t n;

	*names = (struct pci_names){ .vendor = "" };
	if (!IS_ERR(file) && chunk)
		while ((n = kernel_read(file, chunk, CHUNK, &pos)) > 0)
			length = take_lines(&search, chunk, (size_t)n, line, length);
	kfree(chunk);
	if (IS_ERR(file))
		return false;
	filp_close(file, NULL);
	return true;
}
